package dev.aerostat.balloon.virtio;

/**
 * A figure that the guest sends, in the order of its tag from 0 on (virtio 1.2, section 5.5.6.4;
 * the last six: Linux 6.12, {@code include/uapi/linux/virtio_balloon.h}).
 */
public enum BalloonStatistic {
  /** Memory swapped in, bytes. */
  SWAP_IN,
  /** Memory swapped out, bytes. */
  SWAP_OUT,
  /** Major page faults. */
  MAJOR_FAULTS,
  /** Minor page faults. */
  MINOR_FAULTS,
  /** Memory not in use, bytes. */
  FREE_MEMORY,
  /** All of memory, bytes. */
  TOTAL_MEMORY,
  /** Memory available to new applications without swapping, bytes. */
  AVAILABLE_MEMORY,
  /** Memory of the disk caches, bytes. */
  DISK_CACHES,
  /** Huge pages allocated. */
  HUGETLB_ALLOCATIONS,
  /** Huge pages that could not be allocated. */
  HUGETLB_FAILURES,
  /** Processes killed for want of memory. */
  OOM_KILLS,
  /** Allocations that had to wait. */
  ALLOCATION_STALLS,
  /** Pages scanned in the background. */
  ASYNC_SCAN,
  /** Pages scanned by who wanted memory. */
  DIRECT_SCAN,
  /** Pages reclaimed in the background. */
  ASYNC_RECLAIM,
  /** Pages reclaimed by who wanted memory. */
  DIRECT_RECLAIM
}
