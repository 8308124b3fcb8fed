package dev.aerostat.api;

/** What the host was asked to do when it refused. */
public enum HostOperation {
  /** Attach a device, so that memory can be mapped for it. */
  ATTACH,
  /** Pin memory and put it into the IOMMU. */
  MAP,
  /** Take a mapping out of the IOMMU. */
  UNMAP,
  /** Bring memory in. */
  POPULATE,
  /** Give memory back. */
  DISCARD
}
