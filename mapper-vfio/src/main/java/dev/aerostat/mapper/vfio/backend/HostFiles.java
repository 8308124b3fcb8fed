package dev.aerostat.mapper.vfio.backend;

import dev.aerostat.api.RefusalCause;
import java.nio.file.Path;

/** Where the host has the files of VFIO and iommufd, and in which group a device is. */
public interface HostFiles {
  /**
   * Returns the file of containers.
   *
   * @return {@code /dev/vfio/vfio}, whether there is one or not
   */
  Path container();

  /**
   * Returns the file of iommufd.
   *
   * @return {@code /dev/iommu}, whether there is one or not
   */
  Path iommufd();

  /**
   * Returns the file of an IOMMU group.
   *
   * @param group its number
   * @return such as {@code /dev/vfio/7}, whether there is one or not
   */
  Path groupFile(int group);

  /**
   * Finds the file of one device, which only iommufd needs.
   *
   * @param address of the device, such as {@code 0000:00:05.0}
   * @return such as {@code /dev/vfio/devices/vfio0}
   * @throws IllegalArgumentException if it has none: the message says what to do
   */
  Path deviceFile(String address);

  /**
   * Finds the IOMMU group of a device that is ready to be attached.
   *
   * @param address of the device, such as {@code 0000:00:05.0}
   * @return the group's number
   * @throws IllegalArgumentException if it is not ready: the message says what to do
   */
  int groupOf(String address);

  /**
   * Returns why a group cannot be had: another driver has a device of it, or another process.
   *
   * @param group its number
   * @return {@link RefusalCause.GroupNotViable} or {@link RefusalCause.GroupBusy}
   */
  RefusalCause whyHeld(int group);
}
