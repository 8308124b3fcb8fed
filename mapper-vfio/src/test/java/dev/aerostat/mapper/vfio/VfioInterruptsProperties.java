package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a caller asks for, in whatever order, some of it with descriptors of something else. */
final class VfioInterruptsProperties {
  private static final int NO_COUNTER = 7;

  enum Operation {
    ENABLE,
    CONNECT,
    DISABLE,
    MASK,
    UNMASK,
    UNMASK_ON
  }

  record Call(Operation operation, InterruptKind kind, int number, List<Integer> files) {}

  @Provide
  Arbitrary<List<Call>> calls() {
    Arbitrary<List<Integer>> files = Arbitraries.of(-1, 40, 41, NO_COUNTER).list().ofMaxSize(5);
    return Combinators.combine(
            Arbitraries.of(Operation.class),
            Arbitraries.of(InterruptKind.class),
            Arbitraries.integers().between(-1, 17),
            files)
        .as(Call::new)
        .list()
        .ofMaxSize(30);
  }

  /** The kernel is asked for nothing that it would refuse, but what only it can know. */
  @Property(tries = 2000)
  void theKernelHasWhatWasAskedForAndNeverRefusesACallAsInvalid(@ForAll("calls") List<Call> calls) {
    var kernel = new FakeKernel();
    FakeInterrupts host = kernel.interrupts;
    host.eventfds.addAll(Set.of(40, 41));
    var interrupts =
        new VfioInterrupts(
            new PciAddress("0000:00:05.0"), new IrqCalls(new Descriptor(kernel, NO_COUNTER)));
    List<Integer> expected = List.of();
    for (Call call : calls) {
      int[] files = call.files().stream().mapToInt(Integer::intValue).toArray();
      try {
        make(call, interrupts, files);
        expected = after(call, expected);
      } catch (IllegalArgumentException | IllegalStateException mistake) {
        assertTrue(mistake.toString().contains("0000:00:05.0"), mistake::toString);
      } catch (IOException refusal) {
        boolean known = refusal.toString().matches(".*\\((EBADF|EBUSY)\\).*");
        assertTrue(known, refusal::toString);
        expected = List.copyOf(host.counters);
      }
      assertEquals(expected, host.counters, call::toString);
    }
  }

  private static void make(Call call, VfioInterrupts interrupts, int... files) throws IOException {
    switch (call.operation()) {
      case ENABLE -> interrupts.enable(call.kind(), call.number(), files);
      case CONNECT -> interrupts.connect(call.number(), files);
      case DISABLE -> interrupts.disable();
      case MASK -> interrupts.mask();
      case UNMASK -> interrupts.unmask();
      case UNMASK_ON -> interrupts.unmaskOn(files.length == 0 ? VfioInterrupts.NONE : files[0]);
    }
  }

  private static List<Integer> after(Call call, List<Integer> before) {
    return switch (call.operation()) {
      case ENABLE -> {
        var counters = new ArrayList<>(Collections.nCopies(call.number(), -1));
        place(call.files(), counters, 0);
        yield counters;
      }
      case CONNECT -> {
        var counters = new ArrayList<>(before);
        place(call.files(), counters, call.number());
        yield counters;
      }
      case DISABLE -> List.of();
      case MASK, UNMASK, UNMASK_ON -> before;
    };
  }

  private static void place(List<Integer> files, List<Integer> counters, int first) {
    for (int i = 0; i < files.size(); i++) {
      counters.set(first + i, files.get(i));
    }
  }
}
