package dev.aerostat.mapper.vfio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * One device's interrupts, by the rules of the kernel's vfio_pci_intrs.c: INTx, MSI and MSI-X, none
 * of which grows once it is enabled, as before Linux 6.5.
 */
final class FakeInterrupts {
  static final int BAD_DESCRIPTOR = -9;
  static final int BUSY = -16;
  static final int INVALID = -22;

  private static final int BOOL = 1 << 1;
  private static final int EVENTFD = 1 << 2;
  private static final int MASK = 1 << 3;
  private static final int UNMASK = 1 << 4;
  private static final int TRIGGER = 1 << 5;
  private static final int REQUESTS = 4;
  private static final int[] FLAGS = {7, 9, 9, 9, 9};
  private static final long HEADER = 20;

  /**
   * What was asked.
   *
   * @param data descriptors, or bytes
   */
  record Asked(int flags, int index, int start, int count, List<Integer> data) {}

  /** All requests, those that were refused included. */
  final List<Asked> asked = new ArrayList<>();

  /** How many the device has of INTx, MSI, MSI-X, ERR and REQ. */
  final int[] counts = {1, 8, 16, 0, 1};

  /** Descriptors that are open event counters. */
  final Set<Integer> eventfds = new HashSet<>();

  int vectorsLeft = 100;

  /** The counter of requests to give the device back, -1 for none. */
  int requests = -1;

  /** Finds the counter that a descriptor is open on. */
  IntUnaryOperator counter = descriptor -> descriptor;

  /** Whether MSI-X grows, as from Linux 6.5 on. */
  boolean grows;

  /** What is answered, instead of how many vectors are left, if there are too few. */
  int tooFew;

  /** Which is enabled, -1 for none. */
  int index = -1;

  /** The counter of each vector that is enabled, -1 for none. */
  List<Integer> counters = new ArrayList<>();

  boolean masked;
  int unmasker = -1;

  int info(MemorySegment info) {
    assertTrue(info.get(JAVA_INT_UNALIGNED, 0) >= 16, "argsz");
    int which = info.get(JAVA_INT_UNALIGNED, 8);
    if (which < 0 || which >= counts.length) {
      return INVALID;
    }
    info.set(JAVA_INT_UNALIGNED, 4, FLAGS[which]);
    info.set(JAVA_INT_UNALIGNED, 12, counts[which]);
    return 0;
  }

  int set(MemorySegment set) {
    int flags = set.get(JAVA_INT_UNALIGNED, 4);
    int which = set.get(JAVA_INT_UNALIGNED, 8);
    int start = set.get(JAVA_INT_UNALIGNED, 12);
    int count = set.get(JAVA_INT_UNALIGNED, 16);
    asked.add(new Asked(flags, which, start, count, data(set, flags)));
    boolean known = which >= 0 && which < counts.length && start >= 0 && count >= 0;
    if (!known || start > counts[which] - count || (start == counts[which] && count > 0)) {
      return INVALID;
    }
    if ((flags & EVENTFD) == 0) {
      return (flags & BOOL) != 0 ? 0 : without(which, flags, count);
    }
    if (set.get(JAVA_INT_UNALIGNED, 0) < 20 + 4 * count) {
      return INVALID;
    }
    var descriptors = new ArrayList<Integer>();
    for (int i = 0; i < count; i++) {
      descriptors.add(counter.applyAsInt(set.get(JAVA_INT_UNALIGNED, 20 + 4L * i)));
    }
    return with(which, flags, start, descriptors);
  }

  private static List<Integer> data(MemorySegment set, int flags) {
    var data = new ArrayList<Integer>();
    int size = (flags & BOOL) != 0 ? 1 : Integer.BYTES;
    for (long at = HEADER; at < set.get(JAVA_INT_UNALIGNED, 0); at += size) {
      data.add(size == 1 ? (int) set.get(JAVA_BYTE, at) : set.get(JAVA_INT_UNALIGNED, at));
    }
    return data;
  }

  private int without(int which, int flags, int count) {
    if (which == REQUESTS && requests != -1) {
      requests = count == 0 ? -1 : requests;
      return 0;
    }
    if (which != index) {
      return INVALID;
    }
    if ((flags & TRIGGER) != 0 && count == 0) {
      index = -1;
      counters.clear();
      masked = false;
      unmasker = -1;
      return 0;
    }
    if (which != 0 || count != 1 || (flags & (MASK | UNMASK)) == 0) {
      return INVALID;
    }
    masked = (flags & MASK) != 0;
    return 0;
  }

  private int with(int which, int flags, int start, List<Integer> descriptors) {
    if (which == REQUESTS) {
      requests = descriptors.getFirst();
      return 0;
    }
    if ((flags & UNMASK) != 0) {
      return which == index && which == 0 ? unmaskOn(descriptors.getFirst()) : INVALID;
    }
    if ((flags & TRIGGER) == 0 || (index != -1 && index != which)) {
      return INVALID;
    }
    if (index == -1) {
      return enable(which, start, descriptors);
    }
    if (grows && which == 2) {
      while (counters.size() < start + descriptors.size()) {
        counters.add(-1);
      }
    }
    if (start + descriptors.size() > counters.size()) {
      return INVALID;
    }
    for (int i = 0; i < descriptors.size(); i++) {
      if (!known(descriptors.get(i))) {
        return BAD_DESCRIPTOR;
      }
      counters.set(start + i, descriptors.get(i));
    }
    return 0;
  }

  private int enable(int which, int start, List<Integer> descriptors) {
    int vectors = start + descriptors.size();
    if (vectors > vectorsLeft) {
      return tooFew == 0 ? vectorsLeft : tooFew;
    }
    if (!descriptors.stream().allMatch(this::known)) {
      return BAD_DESCRIPTOR;
    }
    index = which;
    counters = new ArrayList<>(Collections.nCopies(start, -1));
    counters.addAll(descriptors);
    return 0;
  }

  private int unmaskOn(int descriptor) {
    if (!known(descriptor)) {
      return BAD_DESCRIPTOR;
    }
    if (descriptor != -1 && unmasker != -1) {
      return BUSY;
    }
    unmasker = descriptor;
    return 0;
  }

  private boolean known(int descriptor) {
    return descriptor == -1 || eventfds.contains(descriptor);
  }
}
