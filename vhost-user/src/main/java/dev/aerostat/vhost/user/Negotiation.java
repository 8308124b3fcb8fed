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

  private long checked(long chosen) throws RefusedException {
    long ofDevice = chosen & ~ProtocolFeatures.NEGOTIABLE;
    if (!settings.accepts(ofDevice)) {
      throw new RefusedException(
          "features 0x%x: expected MUST_TELL_HOST and VERSION_1, and none but 0x%x"
              .formatted(ofDevice, settings.featureBits()));
    }
    return ofDevice;
  }

  /** Takes the choice of features, which stays what it is while queues run. */
  void choose(long chosen, boolean queuesRun) throws RefusedException {
    long next = checked(chosen);
    if (queuesRun && next != features) {
      throw new RefusedException(
          "features 0x%x instead of 0x%x while queues run: stop them first"
              .formatted(next, features));
    }
    features = next;
    protocolFeaturesKnown = (chosen & ProtocolFeatures.NEGOTIABLE) != 0;
  }

  /** Returns the features that the driver has, those of the device alone. */
  long features() {
    return features;
  }

  boolean hasFeatures() {
    return settings.accepts(features);
  }

  void requireFeatures() throws RefusedException {
    if (!hasFeatures()) {
      throw new RefusedException("queues before the features of the device: SET_FEATURES first");
    }
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
    return hasFeatures() && !protocolFeaturesKnown;
  }

  /**
   * Returns whether the front end announces it when it resets the device: else a stop may mean it.
   */
  boolean tellsResets() {
    return (protocolFeatures & (ProtocolFeatures.STATUS | ProtocolFeatures.RESET_DEVICE)) != 0;
  }

  void requireStatus() throws RefusedException {
    if ((protocolFeatures & ProtocolFeatures.STATUS) == 0) {
      throw new RefusedException("the status without protocol feature STATUS");
    }
  }

  /** Returns whether a request wants to be acknowledged, and may. */
  boolean acknowledges(MessageHeader request) {
    return request.needsReply() && (protocolFeatures & ProtocolFeatures.REPLY_ACK) != 0;
  }
}
