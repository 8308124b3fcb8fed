package dev.aerostat.mapper.vfio;

/** The kernel interface by which a mapper maps. */
public enum VfioBackend {
  /**
   * VFIO's own container ({@code /dev/vfio/vfio}, {@code drivers/vfio/vfio_iommu_type1.c}): one
   * call after the other, 65,535 mappings, an unmap of a hole is done.
   */
  TYPE1("type1"),
  /**
   * iommufd ({@code /dev/iommu}, {@code drivers/iommu/iommufd}, Linux 6.6 with device files): maps
   * pin side by side, as many as memory allows, an unmap of a hole is refused.
   */
  IOMMUFD("iommufd");

  private final String optionValue;

  VfioBackend(String optionValue) {
    this.optionValue = optionValue;
  }

  /** Returns the name as the option {@code backend} takes it. */
  @Override
  public String toString() {
    return optionValue;
  }
}
