namespace Roost.Core.Crypto;

/// <summary>The system's cryptographic library is missing or broken; the message names the package to install.</summary>
public sealed class CryptoUnavailableException(string message, Exception? inner) : Exception(message, inner);
