package dev.aerostat.vhost.user;

/** Feature bits of the protocol itself. */
final class ProtocolFeatures {
  /** Among the device's features: those of the protocol can be negotiated. */
  static final long NEGOTIABLE = 1L << 30;

  static final long MQ = 1;
  static final long REPLY_ACK = 1L << 3;
  static final long BACKEND_REQ = 1L << 5;
  static final long CONFIG = 1L << 9;

  static final long RESET_DEVICE = 1L << 13;
  static final long STATUS = 1L << 16;

  static final long OFFERED = MQ | REPLY_ACK | BACKEND_REQ | CONFIG | RESET_DEVICE | STATUS;

  private ProtocolFeatures() {}
}
