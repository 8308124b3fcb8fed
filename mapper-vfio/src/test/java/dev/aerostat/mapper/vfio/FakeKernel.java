package dev.aerostat.mapper.vfio;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.Errno;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** As much of VFIO as its callers can tell from its answers; writes down what was asked. */
final class FakeKernel implements SystemCalls {
  // Of linux/vfio.h and linux/iommufd.h, written down again: a mapper that asks otherwise is wrong.
  static final long CHECK_EXTENSION = 0x3b65;
  static final long SET_IOMMU = 0x3b66;
  static final long GROUP_GET_STATUS = 0x3b67;
  static final long GROUP_SET_CONTAINER = 0x3b68;
  static final long GROUP_GET_DEVICE_FD = 0x3b6a;
  static final long DEVICE_GET_INFO = 0x3b6b;
  static final long DEVICE_GET_REGION_INFO = 0x3b6c;
  static final long DEVICE_GET_IRQ_INFO = 0x3b6d;
  static final long DEVICE_SET_IRQS = 0x3b6e;
  static final long DEVICE_RESET = 0x3b6f;
  static final long IOMMU_GET_INFO = 0x3b70;
  static final long IOMMU_UNMAP_DMA = 0x3b72;
  static final long DEVICE_BIND_IOMMUFD = 0x3b76;
  static final long DEVICE_ATTACH_IOMMUFD_PT = 0x3b77;
  static final long IOAS_ALLOC = 0x3b81;
  static final long IOAS_IOVA_RANGES = 0x3b84;
  static final long IOAS_MAP = 0x3b85;
  static final long IOAS_UNMAP = 0x3b86;
  static final long IOAS_MAP_FILE = 0x3b8f;

  static final int UNMAP_ALL = 9;
  static final int GROUP_FLAGS_VIABLE = 1;
  static final int INFO_PGSIZES = 1;
  static final int INFO_CAPS = 2;
  static final int CAP_DMA_AVAIL = 3;
  static final int CAP_IOVA_RANGE = 1;

  private static final int INFO_BYTES = 80;
  private static final int IOAS = 42;
  private static final int EMSGSIZE = 90;

  final List<String> asked = new ArrayList<>();
  final Set<Integer> open = new HashSet<>();
  final Map<Long, Integer> refusals = new HashMap<>();

  /** How often requests are granted before they are refused. */
  private final Map<Long, Integer> granted = new HashMap<>();

  boolean unmapsAll = true;
  int groupFlags = GROUP_FLAGS_VIABLE;
  int openErrno;

  /** For files by the end of their path. */
  final Map<String, Integer> openErrnos = new HashMap<>();

  long iovaAlignment = 0x1000;

  /** Run by each call that reads or writes a register, before it does. */
  Runnable atRegister = () -> {};

  /** What each device's command register holds, by its descriptor. */
  final Map<Integer, Integer> commands = new HashMap<>();

  /** Which bits of it a device has. */
  int commandBits = 0x547;

  /** Those of whichever device is asked. */
  final FakeInterrupts interrupts = new FakeInterrupts();

  /** With none of them every region is the config space. */
  final FakeRegions regions = new FakeRegions();

  final FakeMappings mappings = new FakeMappings();

  /** Which file a descriptor was opened on. */
  final Map<Integer, String> paths = new HashMap<>();

  /** Run by each call that closes a descriptor, before it does. */
  Runnable atClose = () -> {};

  /** Run by the call that unmaps all. */
  Runnable atUnmapAll = () -> {};

  int duplicateErrno;

  /** Which call is refused, counted from 1 over all kinds; 0 for none. */
  int refusedCall;

  int refusedCallErrno;
  int calls;

  /** What descriptors are duplicates of. */
  private final Map<Integer, Integer> originals = new HashMap<>();

  private static final long CONFIG = 7L << 40;
  private static final int COMMAND = 4;
  private static final int FIRST_NUMBER = 10;

  void refuse(long request, int errno) {
    refusals.put(request, -errno);
    granted.remove(request);
  }

  /** Grants a request a few times, then refuses it. */
  void refuseAfter(long request, int times, int errno) {
    refuse(request, errno);
    granted.put(request, times);
  }

  private boolean isRefusedCall() {
    calls++;
    return calls == refusedCall;
  }

  private boolean refused(long request) {
    return refusals.containsKey(request) && granted.merge(request, -1, Integer::sum) < 0;
  }

  @Override
  public int open(String path, int flags) {
    String file = path.substring(path.lastIndexOf("/dev/") + 1);
    asked.add("open " + file);
    int errno = openErrnos.getOrDefault(file, openErrno);
    if (isRefusedCall()) {
      return -refusedCallErrno;
    }
    if (errno != 0) {
      return -errno;
    }
    int number = opened();
    paths.put(number, file);
    return number;
  }

  /** The lowest free number, as the kernel gives it. */
  private int opened() {
    int number = FIRST_NUMBER;
    while (!open.add(number)) {
      number++;
    }
    return number;
  }

  @Override
  public int duplicate(int descriptor) {
    asked.add("duplicate " + descriptor);
    if (isRefusedCall()) {
      return -refusedCallErrno;
    }
    if (duplicateErrno != 0) {
      return -duplicateErrno;
    }
    int number = opened();
    originals.put(number, descriptor);
    return number;
  }

  @Override
  public int close(int descriptor) {
    atClose.run();
    commands.remove(descriptor);
    originals.remove(descriptor);
    return open.remove(descriptor) ? 0 : -1;
  }

  @Override
  public int ioctl(int descriptor, long request, long argument) {
    asked.add("0x%x".formatted(request));
    if (isRefusedCall()) {
      return -refusedCallErrno;
    }
    if (refused(request)) {
      return refusals.getOrDefault(request, 0);
    }
    if (request == DEVICE_RESET) {
      commands.put(descriptor, 0);
      return 0;
    }
    boolean extension = request == CHECK_EXTENSION;
    return extension && (argument != UNMAP_ALL || unmapsAll) ? 1 : 0;
  }

  @Override
  public int ioctl(int descriptor, long request, MemorySegment argument) {
    asked.add("0x%x".formatted(request));
    if (isRefusedCall()) {
      return -refusedCallErrno;
    }
    if (refused(request)) {
      return refusals.getOrDefault(request, 0);
    }
    if (request == GROUP_GET_DEVICE_FD) {
      int device = opened();
      commands.put(device, 1 << 1 | 1 << 2);
      return device;
    }
    if (request == GROUP_GET_STATUS) {
      argument.set(JAVA_INT_UNALIGNED, 4, groupFlags);
    } else if (request == DEVICE_GET_INFO) {
      regions.device(argument);
    } else if (request == DEVICE_GET_REGION_INFO && !regions.byIndex.isEmpty()) {
      return regions.describe(argument);
    } else if (request == DEVICE_GET_REGION_INFO) {
      argument.set(JAVA_LONG_UNALIGNED, 24, CONFIG);
    } else if (request == IOMMU_GET_INFO) {
      describe(argument);
    } else if (request == DEVICE_GET_IRQ_INFO) {
      return interrupts.info(argument);
    } else if (request == DEVICE_SET_IRQS) {
      interrupts.counter = number -> originals.getOrDefault(number, number);
      return interrupts.set(argument);
    } else if (request == IOMMU_UNMAP_DMA) {
      atUnmapAll.run();
      asked.add("[0x%x, +0x%x)".formatted(longAt(argument, 8), longAt(argument, 16)));
    } else if (request == IOAS_MAP_FILE) {
      int file = originals.getOrDefault(argument.get(JAVA_INT_UNALIGNED, 12), -1);
      asked.add("file %d from 0x%x".formatted(file, longAt(argument, 16)));
    } else if (request == IOAS_UNMAP) {
      argument.set(JAVA_LONG_UNALIGNED, 16, 0);
    } else if (request == IOAS_ALLOC) {
      argument.set(JAVA_INT_UNALIGNED, 8, IOAS);
    } else if (request == IOAS_IOVA_RANGES) {
      return ranges(argument);
    } else if (request == DEVICE_ATTACH_IOMMUFD_PT) {
      commands.put(descriptor, 1 << 1 | 1 << 2);
    }
    return 0;
  }

  /**
   * Everything below 4 GiB but its upper half's first page; all addresses if nothing is attached.
   */
  private int ranges(MemorySegment question) {
    int room = question.get(JAVA_INT_UNALIGNED, 8);
    long[] ranges =
        iovaAlignment == 1
            ? new long[] {0, -1}
            : new long[] {0, 0x7fff_ffffL, 0x8000_1000L, 0xffff_ffffL};
    question.set(JAVA_INT_UNALIGNED, 8, ranges.length / 2);
    question.set(JAVA_LONG_UNALIGNED, 24, iovaAlignment);
    if (room < ranges.length / 2) {
      return -EMSGSIZE;
    }
    assertEquals(question.address() + 32, longAt(question, 16), "room for the ranges");
    MemorySegment.copy(ranges, 0, question, JAVA_LONG_UNALIGNED, 32, ranges.length);
    return 0;
  }

  /** 4 KiB pages, 100 entries left, everything below 4 GiB but its upper half's first page. */
  private static void describe(MemorySegment info) {
    info.set(JAVA_INT_UNALIGNED, 0, INFO_BYTES);
    if (info.byteSize() < INFO_BYTES) {
      return;
    }
    info.set(JAVA_INT_UNALIGNED, 4, INFO_PGSIZES | INFO_CAPS);
    info.set(JAVA_LONG_UNALIGNED, 8, 0x1000);
    info.set(JAVA_INT_UNALIGNED, 16, 20);
    info.set(JAVA_SHORT_UNALIGNED, 20, (short) CAP_DMA_AVAIL);
    info.set(JAVA_INT_UNALIGNED, 24, 32);
    info.set(JAVA_INT_UNALIGNED, 28, 100);
    info.set(JAVA_SHORT_UNALIGNED, 32, (short) CAP_IOVA_RANGE);
    info.set(JAVA_INT_UNALIGNED, 36, 0);
    info.set(JAVA_INT_UNALIGNED, 40, 2);
    info.set(JAVA_LONG_UNALIGNED, 48, 0);
    info.set(JAVA_LONG_UNALIGNED, 56, 0x7fff_ffffL);
    info.set(JAVA_LONG_UNALIGNED, 64, 0x8000_1000L);
    info.set(JAVA_LONG_UNALIGNED, 72, 0xffff_ffffL);
  }

  private static long longAt(MemorySegment argument, long offset) {
    return argument.get(JAVA_LONG_UNALIGNED, offset);
  }

  @Override
  public int getrlimit(int resource, MemorySegment limits) {
    return 0;
  }

  @Override
  public long pread(int descriptor, MemorySegment buffer, long offset) {
    atRegister.run();
    if (regions.reaches(offset)) {
      return regions.read(buffer, offset);
    }
    int value = commands.getOrDefault(descriptor, 0);
    buffer.set(JAVA_SHORT_UNALIGNED, 0, (short) value);
    return access(descriptor, buffer, offset);
  }

  @Override
  public long pwrite(int descriptor, MemorySegment buffer, long offset) {
    atRegister.run();
    if (regions.reaches(offset)) {
      return regions.write(buffer, offset);
    }
    commands.replace(descriptor, buffer.get(JAVA_SHORT_UNALIGNED, 0) & commandBits);
    return access(descriptor, buffer, offset);
  }

  private long access(int descriptor, MemorySegment buffer, long offset) {
    assertEquals(CONFIG + COMMAND, offset, "only the command register is pretended");
    return commands.containsKey(descriptor) ? buffer.byteSize() : -Errno.EINVAL;
  }

  @Override
  public long mmap(
      long address, long bytes, int protection, int flags, int descriptor, long offset) {
    return mappings.mmap(address, bytes, protection, flags, descriptor);
  }

  @Override
  public int munmap(long address, long bytes) {
    return mappings.munmap(address, bytes);
  }

  @Override
  public int madvise(long address, long bytes, int advice) {
    throw new AssertionError("not a mapper's call");
  }

  @Override
  public int msync(long address, long bytes, int flags) {
    throw new AssertionError("not a mapper's call");
  }

  @Override
  public int memfdCreate(String name, int flags) {
    throw new AssertionError("not a mapper's call");
  }

  @Override
  public int seals(int descriptor) {
    throw new AssertionError("not a mapper's call");
  }

  @Override
  public int ftruncate(int descriptor, long bytes) {
    throw new AssertionError("not a mapper's call");
  }
}
