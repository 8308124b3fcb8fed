package dev.aerostat.observer;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** An observer with all it watches, worked by hand: nothing here obeys a rule by itself. */
final class ObserverFixture {
  static final int PLANNED = 4;

  /** First page from 4 GiB up, where the scenarios play; rings and buffers lie below. */
  static final long HIGH = 1L << 20;

  static final long LOW_END = 1024;
  static final long HIGH_END = HIGH + 1024;

  /** First page of what a virtio-mem device has, in blocks of 128 pages. */
  static final long TOP = HIGH + 512;

  private static final HostMemory INDIFFERENT_MEMORY =
      new HostMemory() {
        @Override
        public void populate(HostAddress start, long bytes) {}

        @Override
        public void discard(HostAddress start, long bytes) {}
      };

  final GuestMemory memory = GuestMemory.of(List.of(region(0, LOW_END), region(HIGH, HIGH_END)));
  final Observer observer;
  final HandRing inflate;
  final HandRing deflate;
  final HandRing plugs;
  final DmaMapper mapper;
  final Gate gate;
  long now;
  long mapCost;
  Optional<HostRefusedException> refusal = Optional.empty();
  private Runnable gateDone = () -> {};

  ObserverFixture(MapFailurePolicy policy, Function<LongSupplier, ViolationLog> log) {
    this(policy, log, 1);
  }

  ObserverFixture(
      MapFailurePolicy policy, Function<LongSupplier, ViolationLog> log, int pagesPerPfn) {
    LongSupplier clock = () -> now;
    observer = new Observer(memory, policy, PLANNED, clock, log.apply(clock));
    inflate = new HandRing(memory, 0x10000, pagesPerPfn);
    deflate = new HandRing(memory, 0x20000, pagesPerPfn);
    plugs = new HandRing(memory, 0x30000, 1);
    mapper = observer.observe(new IndifferentMapper(), () -> mapCost);
    gate = observer.observe(new GateByHand());
    observer.watchQueues(inflate.layout(), deflate.layout());
  }

  static ObserverFixture plain() {
    return new ObserverFixture(MapFailurePolicy.HOLD, ViolationLog::new);
  }

  private static MemoryRegion region(long first, long end) {
    GuestRange range = GuestRange.ofPages(first, end);
    return new MemoryRegion(range, Arena.ofAuto().allocate(range.length(), 4096));
  }

  void withholdTop() {
    observer.withhold(GuestRange.ofPages(TOP, HIGH_END), 128 << 12);
    observer.watchPlugs(plugs.layout());
  }

  /** Sends a request to plug, of two descriptors. */
  void offerPlug(int head, long firstPage, int blocks) {
    int bytes = plugs.write(head, 0, 0, firstPage << 12, firstPage >>> 20, blocks, 0);
    plugs.descriptor(head, plugs.buffer(head), bytes, HandRing.NEXT, head + 1);
    plugs.descriptor(head + 1, plugs.buffer(head + 1), 10, HandRing.WRITE, 0);
    plugs.makeAvailable(head);
    observer.poll();
  }

  void answerPlug(int head, int answer) {
    int _ = plugs.write(head + 1, answer, 0, 0);
    plugs.giveBack(head);
    observer.poll();
  }

  /** A whole inflate: sent, seen, returned. */
  void balloon(int head, long first, long end) {
    inflate.offerRange(head, first, end);
    observer.poll();
    inflate.giveBack(head);
    observer.poll();
  }

  void offerDeflate(int head, long first, long end) {
    deflate.offerRange(head, first, end);
    observer.poll();
  }

  void returnDeflate(int head) {
    deflate.giveBack(head);
    observer.poll();
  }

  void map(long first, long end) {
    mapAt(first, end, host(first));
  }

  void mapAt(long first, long end, HostAddress host) {
    run(() -> mapper.map(new IovaRange(first << 12, end << 12), host));
  }

  void unmap(long first, long end) {
    run(() -> mapper.unmap(new IovaRange(first << 12, end << 12)));
  }

  void discard(HostAddress start, long pages) {
    run(() -> mapper.hostMemory().discard(start, pages << 12));
  }

  HostAddress host(long page) {
    return memory.regionOf(page << 12).orElseThrow().hostAddress(page << 12);
  }

  void openGate() {
    gate.open(() -> {});
    gateDone.run();
  }

  void closeGate() {
    gate.close(() -> {});
    gateDone.run();
  }

  static void run(HostCall call) {
    try {
      call.run();
    } catch (HostRefusedException refused) {
      throw new AssertionError(refused);
    }
  }

  interface HostCall {
    void run() throws HostRefusedException;
  }

  private final class GateByHand implements Gate {
    @Override
    public void open(Runnable done) {
      gateDone = done;
    }

    @Override
    public void close(Runnable done) {
      gateDone = done;
    }
  }

  /** Does nothing, refuses only what it is told to. */
  private final class IndifferentMapper implements DmaMapper {
    @Override
    public MapperLimits limits() {
      return new MapperLimits(
          0x1000, MapperLimits.UNLIMITED, List.of(new IovaRange(0, 1L << 48)), false);
    }

    @Override
    public HostMemory hostMemory() {
      return INDIFFERENT_MEMORY;
    }

    @Override
    public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
      refuse();
    }

    @Override
    public long unmap(IovaRange iova) throws HostRefusedException {
      refuse();
      return 0;
    }

    @Override
    public long unmapAll() throws HostRefusedException {
      refuse();
      return 0;
    }

    @Override
    public void close() {}

    private void refuse() throws HostRefusedException {
      if (refusal.isPresent()) {
        throw refusal.orElseThrow();
      }
    }
  }
}
