package dev.aerostat.vhost.user;

import dev.aerostat.balloon.virtio.BalloonSettings;

/** What front end and back end have agreed on. One thread. */
final class Negotiation {
  private final BalloonSettings settings;
  private long features;
  private long protocolFeatures;
  private boolean protocolFeaturesKnown;

  Negotiation(BalloonSettings settings) {
    this.settings = settings;
  }

  long offeredFeatures() {
    return settings.featureBits() | ProtocolFeatures.NEGOTIABLE;
  }

  /** Checks what a front end chooses; returns the device's part of it. */
  long checked(long chosen) throws RefusedException {
    long ofDevice = chosen & ~ProtocolFeatures.NEGOTIABLE;
    if (!settings.accepts(ofDevice)) {
      throw new RefusedException(
          "features 0x%x: expected MUST_TELL_HOST and VERSION_1, and none but 0x%x"
              .formatted(ofDevice, settings.featureBits()));
    }
    return ofDevice;
  }

  void choose(long chosen) throws RefusedException {
    features = checked(chosen);
    protocolFeaturesKnown = (chosen & ProtocolFeatures.NEGOTIABLE) != 0;
  }

  /** Returns the features that the driver has, those of the device alone. */
  long features() {
    return features;
  }

  void chooseProtocol(long chosen) throws RefusedException {
    long unknown = chosen & ~ProtocolFeatures.OFFERED;
    if (unknown != 0) {
      throw new RefusedException(
          "protocol features 0x%x: 0x%x were not offered, expected none but 0x%x"
              .formatted(chosen, unknown, ProtocolFeatures.OFFERED));
    }
    protocolFeatures = chosen;
  }

  /** Returns whether rings start enabled, since the front end knows no other way. */
  boolean ringsStartEnabled() {
    return !protocolFeaturesKnown;
  }

  /** Returns whether a request wants to be acknowledged, and may. */
  boolean acknowledges(MessageHeader request) {
    return request.needsReply() && (protocolFeatures & ProtocolFeatures.REPLY_ACK) != 0;
  }
}
