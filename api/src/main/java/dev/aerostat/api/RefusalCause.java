package dev.aerostat.api;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;

/**
 * Why the host refused. A closed set: switch over it without {@code default}.
 *
 * <p>Each cause names the rule that was broken and what to do about it. It can be serialized, so
 * that a mapper may work in another process.
 */
public sealed interface RefusalCause extends Serializable {
  /**
   * Returns which rule was broken, by what.
   *
   * @return half a sentence without a full stop
   */
  String rule();

  /**
   * Returns what a person can do about it.
   *
   * @return half a sentence without a full stop
   */
  String advice();

  /**
   * A mapping is there already (EEXIST).
   *
   * @param existing the mapping in the way, as far as it is known: else the range asked for
   */
  record Overlap(IovaRange existing) implements RefusalCause {
    @Override
    public String rule() {
      return "it overlaps the mapping " + existing;
    }

    @Override
    public String advice() {
      return "unmap that mapping first, whole";
    }
  }

  /**
   * No room for another mapping (ENOSPC).
   *
   * @param limit mappings that the container can hold at once
   */
  record EntryLimit(long limit) implements RefusalCause {
    @Override
    public String rule() {
      return "the container already holds %d mappings, its limit".formatted(limit);
    }

    @Override
    public String advice() {
      return "raise vfio_iommu_type1.dma_entry_limit, use larger granules, or use iommufd";
    }
  }

  /**
   * The process may lock no more memory (ENOMEM with RLIMIT_MEMLOCK).
   *
   * @param limitBytes the limit
   * @param neededBytes what would be locked after the call
   */
  record MemoryLockLimit(long limitBytes, long neededBytes) implements RefusalCause {
    @Override
    public String rule() {
      return "RLIMIT_MEMLOCK is %d bytes and %d would be locked".formatted(limitBytes, neededBytes);
    }

    @Override
    public String advice() {
      return String.format(
          Locale.ROOT,
          "raise it for this process to all of guest memory and what else it locks (ulimit -l, in"
              + " KiB, at least %d for this call), or grant CAP_IPC_LOCK",
          (neededBytes + 1023) / 1024);
    }
  }

  /** The host has no memory left (ENOMEM). */
  record OutOfMemory() implements RefusalCause {
    @Override
    public String rule() {
      return "the host is out of memory";
    }

    @Override
    public String advice() {
      return "free memory on the host; the call is worth another try";
    }
  }

  /**
   * The addresses cannot be translated by this IOMMU (EINVAL, or ENOENT from iommufd).
   *
   * @param hole addresses of the range asked for that lie in no IOVA range
   */
  record IovaHole(IovaRange hole) implements RefusalCause {
    @Override
    public String rule() {
      return "%s lies in no IOVA range of the IOMMU".formatted(hole);
    }

    @Override
    public String advice() {
      return "place guest RAM elsewhere: reserved windows cannot be mapped";
    }
  }

  /**
   * Addresses or length do not fit the smallest page of the IOMMU (EINVAL).
   *
   * @param alignment the bytes that address and length must be multiples of
   */
  record Misaligned(long alignment) implements RefusalCause {
    @Override
    public String rule() {
      return "address and length must be multiples of %d".formatted(alignment);
    }

    @Override
    public String advice() {
      return "use regions and granules that are multiples of %d bytes".formatted(alignment);
    }
  }

  /** The host address is not mapped, or not writable (EFAULT). */
  record BadHostAddress() implements RefusalCause {
    @Override
    public String rule() {
      return "the host memory is not there or not writable";
    }

    @Override
    public String advice() {
      return "keep guest memory mapped and writable for as long as the engine lives";
    }
  }

  /**
   * An unmap would cut a mapping in two (EINVAL, or ENOENT from iommufd).
   *
   * @param mapping the mapping that would be cut, as far as it is known: else the range asked for
   */
  record WouldSplit(IovaRange mapping) implements RefusalCause {
    @Override
    public String rule() {
      return "it would cut the mapping %s".formatted(mapping);
    }

    @Override
    public String advice() {
      return "unmap only whole mappings";
    }
  }

  /** There is no mapping (ENOENT from iommufd). */
  record NotMapped() implements RefusalCause {
    @Override
    public String rule() {
      return "nothing is mapped there";
    }

    @Override
    public String advice() {
      return "unmap only what was mapped";
    }
  }

  /** The container, or the device that gives it its IOMMU, is gone or was never attached. */
  record NotAttached() implements RefusalCause {
    @Override
    public String rule() {
      return "no device is attached to the container";
    }

    @Override
    public String advice() {
      return "attach the device's group before mapping, and keep it attached";
    }
  }

  /**
   * The device shares its IOMMU group with others that a driver of the host holds.
   *
   * @param group the group's number
   * @param others the devices in the way, each with its driver
   */
  record GroupNotViable(int group, List<String> others) implements RefusalCause {
    /** Copies the list. */
    public GroupNotViable {
      others = List.copyOf(others);
    }

    @Override
    public String rule() {
      return "IOMMU group %d also holds %s, which the host uses"
          .formatted(group, String.join(", ", others));
    }

    @Override
    public String advice() {
      return "bind all devices of the group to vfio-pci or to no driver";
    }
  }

  /**
   * Another process holds the device's IOMMU group, or another mapper of this one (EBUSY, EPERM).
   *
   * @param group the group's number
   * @param files what the other can have open: the group's file, or that of one of its devices
   */
  record GroupBusy(int group, List<String> files) implements RefusalCause {
    /** Copies the list. */
    public GroupBusy {
      files = List.copyOf(files);
    }

    @Override
    public String rule() {
      return "IOMMU group %d is in use by another process or another mapper of this one"
          .formatted(group);
    }

    @Override
    public String advice() {
      return "see who has it open (fuser -v %s), and have it closed"
          .formatted(String.join(" ", files));
    }
  }

  /**
   * This process may not open a file (EACCES, EPERM).
   *
   * @param file its path
   */
  record NoPermission(String file) implements RefusalCause {
    @Override
    public String rule() {
      return "this process may not read and write " + file;
    }

    @Override
    public String advice() {
      return "make its user the owner (chown, or a udev rule)";
    }
  }

  /**
   * Something this version knows no better name for.
   *
   * @param detail what the host said
   */
  record Other(String detail) implements RefusalCause {
    @Override
    public String rule() {
      return detail;
    }

    @Override
    public String advice() {
      return "look the error number up in the kernel's log and in the operation's manual page";
    }
  }
}
