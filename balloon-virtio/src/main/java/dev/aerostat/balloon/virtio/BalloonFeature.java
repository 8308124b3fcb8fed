package dev.aerostat.balloon.virtio;

/**
 * A feature that the device may offer or not. MUST_TELL_HOST and VERSION_1 are not here: they are
 * always offered and always required.
 *
 * <p>Bits: virtio 1.2, sections 5.5.3 and 6.
 */
public enum BalloonFeature {
  /** The driver sends memory statistics. */
  STATISTICS,
  /** The driver takes pages back when the guest is out of memory. */
  DEFLATE_ON_OOM,
  /** The driver can list free pages. */
  FREE_PAGE_HINT,
  /** The driver reports the value that it fills free pages with. */
  PAGE_POISON,
  /** The driver reports free pages on its own. With a passthrough device that is of no use. */
  PAGE_REPORTING,
  /** Chains may lie in tables of their own. */
  INDIRECT_DESCRIPTORS,
  /** Driver and device say at which index they want to be told. */
  EVENT_INDEX,
  /** A PFN names 512 pages: private, at {@link BalloonSettings#hugePageFeatureBit}. */
  HUGE_PAGES
}
