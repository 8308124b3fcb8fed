package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Mappings of a device's file, with memory in place of registers; counts what is mapped. */
final class FakeMappings {
  /** Bytes by address: what keeps the device. */
  final Map<Long, Long> ofDevice = new HashMap<>();

  /** Bytes by address: out of bounds, and out of use. */
  final Map<Long, Long> reserved = new HashMap<>();

  int unmaps;
  int reservations;
  int errno;
  boolean refusesReservations;
  Optional<Error> failure = Optional.empty();

  long mmap(long address, long bytes, int protection, int flags, int descriptor) {
    if (errno != 0) {
      return -errno;
    }
    boolean reservation = (flags & LinuxConstants.MAP_FIXED) != 0;
    if (!reservation) {
      assertTrue((flags & LinuxConstants.MAP_SHARED) != 0 && descriptor >= 0, "not the device's");
      long mapped =
          SystemCalls.libc()
              .mmap(
                  0,
                  bytes,
                  protection,
                  LinuxConstants.MAP_PRIVATE | LinuxConstants.MAP_ANONYMOUS,
                  -1,
                  0);
      ofDevice.put(mapped, bytes);
      return mapped;
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
    if (refusesReservations) {
      return -12;
    }
    assertTrue(ofDevice.remove(address, bytes), "reserved what was not mapped");
    reservations++;
    reserved.put(address, bytes);
    return SystemCalls.libc().mmap(address, bytes, protection, flags, descriptor, 0);
  }

  int munmap(long address, long bytes) {
    unmaps++;
    assertTrue(
        ofDevice.remove(address, bytes) || reserved.remove(address, bytes),
        "unmapped what was not mapped");
    return SystemCalls.libc().munmap(address, bytes);
  }
}
