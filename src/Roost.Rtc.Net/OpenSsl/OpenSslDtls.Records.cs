using System.Buffers.Binary;
using Roost.Rtc.Dtls;

namespace Roost.Rtc.Net.OpenSsl;

/// <summary>After the handshake: AES-GCM records without libssl, whose buffers and queues cost as much as the cipher.</summary>
/// <remarks>
/// The change comes with the first record of application data that libssl has opened: its sender has finished the handshake, so no flight
/// will ever be repeated, and its sequence number is genuine. The same record is opened once more by the new keys and must give
/// the same bytes. libssl's state is then freed. Other suites stay with libssl.
/// </remarks>
internal sealed unsafe partial class OpenSslDtls
{
    private DtlsRole _role;
    private GcmRecords? _records;
    private bool _staysWithLibssl;
    private bool _hasWritten;
    private ulong _lastWritten; // Sequence number and explicit nonce of the last record that libssl wrote in epoch 1.
    private ulong _lastNonce;

    /// <summary>Where the datagram at hand begins that is not looked at yet, once records are ours.</summary>
    private int _incomingAt;

    /// <summary>Whether libssl has been let go.</summary>
    internal bool HasOwnRecords => _records is not null;

    /// <summary>Keeps libssl for records, whatever the suite; before the first data only.</summary>
    internal void StayWithLibssl() => _staysWithLibssl = true;

    /// <summary>Looks at what libssl writes, whole records: its numbers are continued.</summary>
    private void NoteWritten(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var length = bytes.Length < RecordHeader ? int.MaxValue : RecordHeader + BinaryPrimitives.ReadUInt16BigEndian(bytes[11..]);
            if (length > bytes.Length)
            {
                _staysWithLibssl = true; // its numbers are not known for certain, and none may be used twice
                return;
            }
            var numbers = BinaryPrimitives.ReadUInt64BigEndian(bytes[3..]);
            if (numbers >> 48 == GcmRecords.Epoch && length >= RecordHeader + GcmRecords.Nonce)
            {
                _hasWritten = true;
                _lastWritten = numbers & GcmRecords.MaxSequence;
                _lastNonce = BinaryPrimitives.ReadUInt64BigEndian(bytes[RecordHeader..]);
            }
            bytes = bytes[length..];
        }
    }

    /// <summary>Called when libssl has opened the one record of the datagram at hand.</summary>
    private void TakeOver(ReadOnlySpan<byte> plaintext)
    {
        _staysWithLibssl = true; // whatever goes wrong below
        var record = Incoming.AsSpan(0, _datagramLength);
        var numbers = BinaryPrimitives.ReadUInt64BigEndian(record[3..]);
        var sequence = numbers & GcmRecords.MaxSequence;
        if (!_hasWritten || numbers >> 48 != GcmRecords.Epoch || sequence == 0 || GcmKeys.Of(_ssl) is not { } keys)
        {
            return;
        }
        var records = new GcmRecords(keys, _role == DtlsRole.Client, sequence - 1, _lastWritten + 1, _lastNonce + 1);
        keys.Clear();
        if (records.IsUsable && records.TryOpen(record, out var range) && record[range].SequenceEqual(plaintext))
        {
            _records = records;
            _incomingLength = _incomingAt = 0;
            FreeSsl();
        }
        else
        {
            records.Dispose();
        }
    }

    /// <summary>The next application data of the datagram at hand. What is broken, foreign, forged or old is passed over in silence (RFC 6347 §4.1.2.7).</summary>
    private bool TryReadOwn(Span<byte> buffer, out int length)
    {
        length = 0;
        while (_incomingLength - _incomingAt >= RecordHeader && State == DtlsState.Connected)
        {
            var record = Incoming.AsSpan(_incomingAt, _incomingLength - _incomingAt);
            var whole = RecordHeader + BinaryPrimitives.ReadUInt16BigEndian(record[11..]);
            if (whole > record.Length)
            {
                break;
            }
            _incomingAt += whole;
            record = record[..whole];
            // Handshake records are of a flight that was repeated without need, or ask for a renegotiation, which nobody gets.
            if (record[0] is not (GcmRecords.ApplicationData or GcmRecords.Alert) || !_records!.TryOpen(record, out var range))
            {
                continue;
            }
            var plaintext = record[range];
            if (record[0] == GcmRecords.Alert)
            {
                OnAlert(plaintext);
            }
            else if (!plaintext.IsEmpty && plaintext.Length <= buffer.Length)
            {
                plaintext.CopyTo(buffer);
                length = plaintext.Length;
                return true;
            }
        }
        return false;
    }

    private void OnAlert(ReadOnlySpan<byte> alert)
    {
        if (alert is not [var level, var description])
        {
            return;
        }
        if (description == DtlsAlert.CloseNotify)
        {
            State = DtlsState.Closed;
        }
        else if (level == DtlsAlert.Fatal)
        {
            Fail(DtlsAlert.Explain(description));
        }
    }

    /// <summary>Queues an alert; for sides with records of their own.</summary>
    internal void SendAlert(byte level, byte description)
    {
        Span<byte> record = stackalloc byte[GcmRecords.Overhead + 2];
        var length = _records!.Seal(GcmRecords.Alert, [level, description], record);
        if (length > 0)
        {
            _waiting.Enqueue(record[..length].ToArray());
        }
    }
}
