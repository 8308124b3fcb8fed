package dev.aerostat.vmm.kvm;

import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** As much of KVM as its callers can tell from its answers; writes down what it was passed. */
final class FakeKvm implements SystemCalls {
  static final int FILE = 40;

  /** Copies of the structures that were passed, by request. */
  private final Map<Long, List<byte[]>> passed = new HashMap<>();

  final List<Integer> closed = new ArrayList<>();

  /** What a request answers; 0 if it is not here. */
  final Map<Long, ToIntFunction<MemorySegment>> answers = new HashMap<>();

  int opened = FILE;

  /** What is found where a file is mapped. */
  MemorySegment mapped = MemorySegment.NULL;

  synchronized List<byte[]> passed(long request) {
    return List.copyOf(passed.getOrDefault(request, List.of()));
  }

  @Override
  public int open(String path, int flags) {
    return opened;
  }

  @Override
  public synchronized int close(int descriptor) {
    closed.add(descriptor);
    return 0;
  }

  @Override
  public int ioctl(int descriptor, long request, long argument) {
    return answer(request, MemorySegment.ofAddress(argument));
  }

  @Override
  public int ioctl(int descriptor, long request, MemorySegment argument) {
    synchronized (this) {
      passed
          .computeIfAbsent(request, _ -> new ArrayList<>())
          .add(argument.toArray(ValueLayout.JAVA_BYTE));
    }
    return answer(request, argument);
  }

  private int answer(long request, MemorySegment argument) {
    ToIntFunction<MemorySegment> answer;
    synchronized (this) {
      answer = answers.getOrDefault(request, _ -> 0);
    }
    return answer.applyAsInt(argument);
  }

  @Override
  public int duplicate(int descriptor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long pread(int descriptor, MemorySegment buffer, long offset) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long pwrite(int descriptor, MemorySegment buffer, long offset) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long mmap(
      long address, long bytes, int protection, int flags, int descriptor, long offset) {
    return mapped.address();
  }

  @Override
  public int munmap(long address, long bytes) {
    return 0;
  }

  @Override
  public int madvise(long address, long bytes, int advice) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int msync(long address, long bytes, int flags) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int memfdCreate(String name, int flags) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int seals(int descriptor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int ftruncate(int descriptor, long bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int getrlimit(int resource, MemorySegment limits) {
    throw new UnsupportedOperationException();
  }
}
