package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever a client asks for, in whatever order and parts, much of it nonsense. */
final class RelayedInterruptsProperties {
  private static final PciAddress DEVICE = new PciAddress("0000:00:05.0");
  private static final List<Integer> COUNTERS = List.of(40, 41, 42);
  private static final int NO_COUNTER = 7;
  private static final int CONNECT = 0x24;
  private static final int DISABLE = 0x21;
  private static final Byte ONE = 1;

  /** Fields as they come from a socket. */
  record Message(int flags, int index, int start, int count, List<Integer> files) {
    InterruptRequest request() {
      List<Byte> bools =
          (flags & 2) == 0 || count < 0 || count > 64 ? List.of() : Collections.nCopies(count, ONE);
      return new InterruptRequest(flags, index, start, count, files, bools);
    }
  }

  @Provide
  Arbitrary<List<Message>> messages() {
    return Arbitraries.frequencyOf(
            Tuple.of(8, parts()), Tuple.of(2, disabling()), Tuple.of(2, anything()))
        .list()
        .ofMaxSize(30);
  }

  private static Arbitrary<Message> parts() {
    Arbitrary<List<Integer>> files =
        Arbitraries.of(-1, 40, 41, 42).list().ofMinSize(1).ofMaxSize(6);
    Arbitrary<Boolean> none = Arbitraries.of(false, false, true);
    return Combinators.combine(
            Arbitraries.of(1, 1, 2, 2, 0), Arbitraries.integers().between(0, 17), files, none)
        .as(
            (index, start, sent, empty) ->
                new Message(CONNECT, index, start, sent.size(), empty ? List.of() : sent));
  }

  private static Arbitrary<Message> disabling() {
    return Arbitraries.of(0, 1, 2).map(index -> new Message(DISABLE, index, 0, 0, List.of()));
  }

  private static Arbitrary<Message> anything() {
    Arbitrary<Integer> number =
        Arbitraries.oneOf(Arbitraries.integers().between(-1, 18), Arbitraries.integers());
    Arbitrary<Integer> flags =
        Arbitraries.oneOf(
            Arbitraries.of(0x21, 0x22, 0x24, 0x9, 0x11, 0x14), Arbitraries.integers());
    Arbitrary<List<Integer>> files = Arbitraries.of(-2, -1, 40, NO_COUNTER, 41).list().ofMaxSize(3);
    return Combinators.combine(flags, number, number, number, files).as(Message::new);
  }

  @Property(tries = 2000)
  void eachVectorHasTheCounterThatItWasGivenLast(
      @ForAll("messages") List<Message> messages, @ForAll boolean grows) throws IOException {
    var kernel = new FakeKernel();
    FakeInterrupts host = kernel.interrupts;
    host.eventfds.addAll(COUNTERS);
    host.grows = grows;
    var relay = new VfioRelay(kernel, new DeviceCalls(DEVICE, new Descriptor(kernel, 3)));
    Map<Integer, Integer> expected = Map.of();
    for (Message message : messages) {
      int kind = host.index;
      int asked = host.asked.size();
      try {
        relay.setInterrupts(message.request());
        expected = after(message, expected);
      } catch (IllegalArgumentException mistake) {
        assertEquals(asked, host.asked.size(), "the kernel was asked for nonsense");
      } catch (IOException refusal) {
        assertFalse(mustSucceed(message, kind), () -> message + ": " + refusal);
        assertTrue(refusal.toString().contains(DEVICE.text()), refusal::toString);
        expected = connected(host);
      }
      assertEquals(expected, connected(host), message::toString);
      assertTrue(kernel.open.size() <= host.counters.size(), "duplicates");
    }
    relay.close();
    assertEquals(-1, host.index);
    assertEquals(Set.of(), kernel.open, "duplicates");
  }

  /** Of one kind at a time the kernel lets the client have all vectors, in any parts. */
  private static boolean mustSucceed(Message message, int kind) {
    boolean counters = COUNTERS.containsAll(message.files().stream().filter(n -> n >= 0).toList());
    return message.flags() == CONNECT && counters && (kind == -1 || kind == message.index());
  }

  private static Map<Integer, Integer> connected(FakeInterrupts host) {
    var connected = new TreeMap<Integer, Integer>();
    for (int vector = 0; vector < host.counters.size(); vector++) {
      put(connected, vector, host.counters.get(vector));
    }
    return connected;
  }

  private static Map<Integer, Integer> after(Message message, Map<Integer, Integer> before) {
    if (message.flags() == DISABLE && message.count() == 0) {
      return Map.of();
    }
    var after = new TreeMap<>(before);
    if (message.flags() == CONNECT && message.index() < 3) {
      for (int i = 0; i < message.count(); i++) {
        put(after, message.start() + i, message.files().isEmpty() ? -1 : message.files().get(i));
      }
    }
    return after;
  }

  private static void put(Map<Integer, Integer> connected, int vector, int counter) {
    if (counter == -1) {
      connected.remove(vector);
    } else {
      connected.put(vector, counter);
    }
  }
}
