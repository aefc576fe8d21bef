using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Roost.Hub.Sockets;

/// <summary>
/// Bytes of one end's stream to whole messages (RFC 6455 section 5): unmasks while copying, joins fragments, bounds everything.
/// </summary>
/// <remarks>Memory grows with what has arrived, never with what a header announces. One reader; holds no buffer between messages.</remarks>
/// <param name="maxMessage">Bytes of the largest message.</param>
/// <param name="fromClient">Whether frames must be masked, as a client's are; a server's must not be.</param>
internal sealed class FrameAssembler(int maxMessage, bool fromClient = true)
{
    private const int MaxControl = 125;
    private const int FirstRent = 16 * 1024;
    private const int MaxHeader = 14;

    private byte[]? _message;
    private int _length;
    private SocketEvent _kind;
    private bool _inMessage;

    // The data frame whose payload is being taken in; _left is 0 between frames.
    private int _left;
    private uint _mask;
    private bool _final;

    /// <summary>Takes what it can from <paramref name="input"/>. False: needs more bytes.</summary>
    public bool TryTake(ref ReadOnlySequence<byte> input, out SocketMessage message)
    {
        while (true)
        {
            if (_left > 0)
            {
                TakePayload(ref input);
                if (_left > 0)
                {
                    message = default;
                    return false;
                }
                if (_final)
                {
                    message = Finish();
                    return true;
                }
            }
            switch (TakeHeader(ref input, out message))
            {
                case Step.More:
                    return false;
                case Step.Message:
                    return true;
                case Step.Payload:
                    break;
            }
        }
    }

    /// <summary>Gives back what an unfinished message holds.</summary>
    public void Reset()
    {
        if (_message is not null)
        {
            ArrayPool<byte>.Shared.Return(_message);
            _message = null;
        }
    }

    private enum Step
    {
        More,
        Payload,
        Message,
    }

    private Step TakeHeader(ref ReadOnlySequence<byte> input, out SocketMessage message)
    {
        message = default;
        Span<byte> copy = stackalloc byte[MaxHeader];
        int available = (int)Math.Min(MaxHeader, input.Length);
        if (available < 2)
        {
            return Step.More;
        }
        var head = input.FirstSpan.Length >= available ? input.FirstSpan[..available] : copy[..available];
        if (input.FirstSpan.Length < available)
        {
            input.Slice(0, available).CopyTo(copy);
        }
        int opcode = head[0] & 0x0F;
        bool final = (head[0] & 0x80) != 0;
        // Extensions are never agreed on; a client's frames are masked and a server's are not (sections 5.1 and 5.2).
        if ((head[0] & 0x70) != 0 || (head[1] & 0x80) != 0 != fromClient)
        {
            return Broken(out message);
        }
        long length = head[1] & 0x7F;
        int size = length switch { 126 => 4, 127 => 10, _ => 2 } + (fromClient ? Masking.KeySize : 0);
        if (head.Length < size)
        {
            return Step.More;
        }
        length = length switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(head[2..]),
            127 => BinaryPrimitives.ReadInt64BigEndian(head[2..]),
            _ => length,
        };
        uint mask = fromClient ? MemoryMarshal.Read<uint>(head[(size - Masking.KeySize)..]) : 0;
        if (opcode >= 8)
        {
            return TakeControl(ref input, opcode, final, size, length, mask, out message);
        }
        if (opcode > 2 || opcode == 0 != _inMessage || length < 0)
        {
            return Broken(out message);
        }
        if (length > maxMessage - _length)
        {
            message = new(SocketEvent.TooLarge, null, 0);
            return Step.Message;
        }
        if (opcode != 0)
        {
            _kind = opcode == 1 ? SocketEvent.Text : SocketEvent.Binary;
            _inMessage = true;
        }
        input = input.Slice(size);
        (_left, _mask, _final) = ((int)length, mask, final);
        if (length > 0)
        {
            return Step.Payload;
        }
        if (!final)
        {
            return Step.Payload; // An empty fragment: the next header follows.
        }
        message = Finish();
        return Step.Message;
    }

    private static Step TakeControl(ref ReadOnlySequence<byte> input, int opcode, bool final, int size, long length, uint mask, out SocketMessage message)
    {
        var kind = opcode switch { 8 => SocketEvent.Close, 9 => SocketEvent.Ping, 10 => SocketEvent.Pong, _ => SocketEvent.Broken };
        if (kind == SocketEvent.Broken || !final || length is < 0 or > MaxControl)
        {
            return Broken(out message);
        }
        if (input.Length < size + length)
        {
            message = default;
            return Step.More;
        }
        byte[]? rented = null;
        if (length > 0)
        {
            rented = ArrayPool<byte>.Shared.Rent((int)length);
            input.Slice(size, length).CopyTo(rented);
            Masking.Apply(rented.AsSpan(0, (int)length), mask);
        }
        input = input.Slice(size + length);
        message = new(kind, rented, (int)length);
        return Step.Message;
    }

    private void TakePayload(ref ReadOnlySequence<byte> input)
    {
        int count = (int)Math.Min(_left, input.Length);
        if (count == 0)
        {
            return;
        }
        Reserve(count);
        var destination = _message.AsSpan(_length, count);
        input.Slice(0, count).CopyTo(destination);
        Masking.Apply(destination, _mask);
        // The next part of the payload starts at another byte of the key.
        _mask = BitConverter.IsLittleEndian ? BitOperations.RotateRight(_mask, 8 * (count & 3)) : BitOperations.RotateLeft(_mask, 8 * (count & 3));
        input = input.Slice(count);
        _length += count;
        _left -= count;
    }

    private void Reserve(int count)
    {
        int wanted = _length + count;
        if (_message is not null && _message.Length >= wanted)
        {
            return;
        }
        int size = _message is null && _left <= FirstRent ? _length + _left : Math.Max(wanted, Math.Min(2 * (_message?.Length ?? FirstRent), maxMessage));
        var larger = ArrayPool<byte>.Shared.Rent(size);
        if (_message is not null)
        {
            _message.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_message);
        }
        _message = larger;
    }

    private SocketMessage Finish()
    {
        var message = new SocketMessage(_kind, _message, _length);
        (_message, _length, _inMessage) = (null, 0, false);
        return message;
    }

    private static Step Broken(out SocketMessage message)
    {
        message = new(SocketEvent.Broken, null, 0);
        return Step.Message;
    }
}
