package dev.aerostat.memory.linux;

import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.lang.foreign.MemorySegment;

/** Passes every call on; a test overrides the one it is about. */
class ForwardingCalls implements SystemCalls {
  private final SystemCalls calls;

  ForwardingCalls(SystemCalls calls) {
    this.calls = calls;
  }

  @Override
  public int open(String path, int flags) {
    return calls.open(path, flags);
  }

  @Override
  public int close(int descriptor) {
    return calls.close(descriptor);
  }

  @Override
  public int duplicate(int descriptor) {
    return calls.duplicate(descriptor);
  }

  @Override
  public int ioctl(int descriptor, long request, long argument) {
    return calls.ioctl(descriptor, request, argument);
  }

  @Override
  public int ioctl(int descriptor, long request, MemorySegment argument) {
    return calls.ioctl(descriptor, request, argument);
  }

  @Override
  public long pread(int descriptor, MemorySegment buffer, long offset) {
    return calls.pread(descriptor, buffer, offset);
  }

  @Override
  public long pwrite(int descriptor, MemorySegment buffer, long offset) {
    return calls.pwrite(descriptor, buffer, offset);
  }

  @Override
  public long mmap(
      long address, long bytes, int protection, int flags, int descriptor, long offset) {
    return calls.mmap(address, bytes, protection, flags, descriptor, offset);
  }

  @Override
  public int munmap(long address, long bytes) {
    return calls.munmap(address, bytes);
  }

  @Override
  public int madvise(long address, long bytes, int advice) {
    return calls.madvise(address, bytes, advice);
  }

  @Override
  public int msync(long address, long bytes, int flags) {
    return calls.msync(address, bytes, flags);
  }

  @Override
  public int memfdCreate(String name, int flags) {
    return calls.memfdCreate(name, flags);
  }

  @Override
  public int seals(int descriptor) {
    return calls.seals(descriptor);
  }

  @Override
  public int ftruncate(int descriptor, long bytes) {
    return calls.ftruncate(descriptor, bytes);
  }

  @Override
  public int getrlimit(int resource, MemorySegment limits) {
    return calls.getrlimit(resource, limits);
  }
}
