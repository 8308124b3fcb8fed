package dev.aerostat.mapper.sim;

/**
 * Whose rules a simulated host keeps.
 *
 * <p>What differs:
 *
 * <table>
 *   <caption>The two kernel interfaces</caption>
 *   <tr><th></th><th>type1v2</th><th>iommufd</th></tr>
 *   <tr><td>order of checks of a map</td>
 *       <td>alignment, overlap, entries left, IOVA ranges, pin</td>
 *       <td>alignment, IOVA ranges, overlap, alignment of the memory, pin</td></tr>
 *   <tr><td>mappings at once</td><td>limited</td><td>not limited</td></tr>
 *   <tr><td>two maps at a time</td><td>never: one lock a call</td><td>side by side</td></tr>
 *   <tr><td>unmap of a hole</td><td>0 bytes</td><td>ENOENT</td></tr>
 *   <tr><td>unmap that cuts a mapping</td>
 *       <td>EINVAL, nothing happens</td>
 *       <td>ENOENT, whole mappings below the cut one are gone</td></tr>
 *   <tr><td>unmap of a map under way</td>
 *       <td>waits for it</td>
 *       <td>EBUSY, whole mappings below it are gone</td></tr>
 * </table>
 */
public enum KernelRules {
  /** VFIO's type1v2 ({@code drivers/vfio/vfio_iommu_type1.c}, vfio_dma_do_map and unmap). */
  TYPE1V2("type1v2"),
  /** iommufd ({@code drivers/iommu/iommufd/io_pagetable.c}, iopt_map_pages and unmap). */
  IOMMUFD("iommufd");

  private final String optionValue;

  KernelRules(String optionValue) {
    this.optionValue = optionValue;
  }

  /** Returns the name as the option {@code rules} takes it. */
  @Override
  public String toString() {
    return optionValue;
  }
}
