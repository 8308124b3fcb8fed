package dev.aerostat.simulation;

import dev.aerostat.guest.sim.DriverRing;
import dev.aerostat.guest.sim.RingBuffer;
import dev.aerostat.observer.RingPlacement;
import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueueStop;
import dev.aerostat.virtio.VirtioDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A guest whose drivers ask for anything: blocks that are plugged already, that do not exist, that
 * nobody asked it to plug; pages of the balloon that are not plugged. Its rings are in order most
 * of the time.
 */
final class HostileGuest {
  private static final ValueLayout.OfInt LE32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int SIZE = 16;
  private static final long PLUGS = 0x10000;
  private static final long INFLATE = 0x20000;
  private static final long DEFLATE = 0x40000;
  private static final long BUFFERS = 0x4000;
  private static final long BLOCK = 2 * WithholdingWorld.MIB;

  private final WithholdingWorld world;
  private final RandomGenerator random;
  private final VirtioDevice mem;
  private final VirtioDevice balloon;
  private final MemorySegment low;
  private DriverRing plugs;
  private DriverRing inflate;
  private DriverRing deflate;
  private boolean memUp;
  private boolean balloonUp;
  private boolean stopped;
  private int nextBuffer;

  HostileGuest(WithholdingWorld world) {
    this.world = world;
    this.random = world.random;
    this.mem = world.mem.registers();
    this.balloon = world.balloon.registers();
    this.low = world.memory.region(0).segment();
    this.plugs = ring(PLUGS);
    this.inflate = ring(INFLATE);
    this.deflate = ring(DEFLATE);
  }

  private DriverRing ring(long base) {
    return new DriverRing(world.memory, base, SIZE, false);
  }

  void step() {
    switch (random.nextInt(40)) {
      case 0 -> resetMem();
      case 1 -> resetBalloon();
      case 2 -> pause();
      case 3 -> world.core.operatorRequest(random.nextInt(17) * (BLOCK >> 12));
      case 4, 5, 6, 7, 8, 9, 10 -> sendPages(inflate, INFLATE, 0);
      case 11, 12, 13, 14 -> sendPages(deflate, DEFLATE, 1);
      default -> request();
    }
    world.observer.poll();
  }

  // --- virtio-mem -------------------------------------------------------------------------------

  private void loadMem() {
    plugs = ring(PLUGS);
    stopped = false;
    load(mem, 1L << 32 | 1L << 1, List.of(plugs));
    world.observer.watchPlugs(placement(plugs));
    memUp = true;
  }

  private void resetMem() {
    if (memUp) {
      memUp = false;
      mem.writeStatus(0);
    }
  }

  private void pause() {
    if (!memUp) {
      return;
    }
    if (stopped) {
      var _ = mem.enableQueue(0);
    } else {
      var _ = mem.disableQueue(0, random.nextBoolean() ? QueueStop.PAUSE : QueueStop.PERHAPS_RESET);
    }
    stopped = !stopped;
  }

  private void request() {
    if (!memUp) {
      if (mem.status() == 0) {
        world.observer.plugsReset();
        loadMem();
      }
      return;
    }
    reap(plugs);
    if (plugs.freeDescriptors() < 4) {
      return;
    }
    // There are more than requests: what is out is not written again, so that the observer reads
    // the same.
    long at = PLUGS + BUFFERS + 0x100L * nextBuffer;
    nextBuffer = (nextBuffer + 1) % 64;
    write(at, random.nextInt(5), address(), blocks());
    plugs.makeAvailable(plugs.add(chain(at)));
    boolean _ = plugs.publish();
    mem.notifyQueue(0);
  }

  private void write(long at, int type, long address, int blocks) {
    low.set(LE64, at, type);
    low.set(LE64, at + 8, address);
    low.set(LE64, at + 16, blocks);
  }

  private long address() {
    long block = WithholdingWorld.REGION.start() + BLOCK * random.nextInt(16);
    return switch (random.nextInt(12)) {
      case 0 -> block + 4096;
      case 1 -> block + 16 * BLOCK;
      case 2 -> block - 16 * BLOCK;
      case 3 -> random.nextLong();
      default -> block;
    };
  }

  private int blocks() {
    return random.nextInt(10) == 0 ? random.nextInt(65_536) : random.nextInt(5);
  }

  private List<RingBuffer> chain(long at) {
    var request = new RingBuffer(at, 24, false);
    var answer = new RingBuffer(at + 0x40, 10, true);
    return switch (random.nextInt(20)) {
      case 0 -> List.of(request);
      case 1 -> List.of(new RingBuffer(at, 23, false), answer);
      case 2 -> List.of(request, new RingBuffer(at + 0x40, 9, true));
      case 3 -> List.of(new RingBuffer(1L << 40, 24, false), answer);
      case 4 -> List.of(request, new RingBuffer(1L << 40, 10, true));
      case 5 ->
          List.of(
              new RingBuffer(at, 7, false),
              new RingBuffer(at + 7, 17, false),
              new RingBuffer(at + 0x40, 3, true),
              new RingBuffer(at + 0x43, 7, true));
      default -> List.of(request, answer);
    };
  }

  // --- The balloon ------------------------------------------------------------------------------

  private void resetBalloon() {
    if (balloonUp) {
      balloonUp = false;
      balloon.writeStatus(0);
    }
  }

  private void sendPages(DriverRing ring, long base, int queue) {
    if (!balloonUp) {
      if (balloon.status() == 0) {
        loadBalloon();
      }
      return;
    }
    reap(ring);
    if (ring.freeDescriptors() == 0) {
      return;
    }
    int head = ring.add(base + BUFFERS, 0);
    long buffer = base + BUFFERS + 0x1000L * head;
    int count = 1 + random.nextInt(1024);
    long first =
        random.nextInt(3) == 0
            ? WithholdingWorld.REGION.firstPage() + random.nextInt(7000)
            : random.nextInt(1024);
    for (int i = 0; i < count; i++) {
      low.set(LE32, buffer + 4L * i, (int) first + i);
    }
    ring.overwrite(head, buffer, 4 * count, 0, 0);
    ring.makeAvailable(head);
    boolean _ = ring.publish();
    balloon.notifyQueue(queue);
  }

  private void loadBalloon() {
    inflate = ring(INFLATE);
    deflate = ring(DEFLATE);
    world.observer.watchQueues(placement(inflate), placement(deflate));
    load(balloon, 1L << 32 | 1, List.of(inflate, deflate));
    balloonUp = true;
  }

  // --- Both -------------------------------------------------------------------------------------

  private static void reap(DriverRing ring) {
    while (ring.pollUsed() >= 0) {
      // What it is answered means nothing to it.
    }
  }

  private static RingPlacement placement(DriverRing ring) {
    return new RingPlacement(
        ring.size(), ring.descriptorTable(), ring.availableRing(), ring.usedRing(), 1);
  }

  private static void load(VirtioDevice device, long features, List<DriverRing> rings) {
    device.writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
    device.writeDriverFeatures(features);
    device.writeStatus(DeviceStatus.FEATURES_OK);
    for (int queue = 0; queue < rings.size(); queue++) {
      DriverRing ring = rings.get(queue);
      var _ =
          device.configureQueue(
              queue,
              new QueueLayout(
                  ring.size(), ring.descriptorTable(), ring.availableRing(), ring.usedRing()));
      var _ = device.enableQueue(queue);
    }
    device.writeStatus(DeviceStatus.DRIVER_OK);
  }

  /** Starts what is stopped, for all to be answered. */
  void goOn() {
    if (memUp && stopped) {
      pause();
    }
  }

  /** What a driver that has gone had sent is not returned. */
  void forget() {
    if (!memUp) {
      world.observer.plugsReset();
    }
  }
}
