package dev.aerostat.vhost.guest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** In which order known front ends set the queues of a device up, pause it, and go on. */
public enum FrontEndOrder {
  /** QEMU: all queues are placed, then enabled; a pause asks each where it stands. */
  QEMU {
    @Override
    public void start(VhostFrontEnd frontEnd, int[] bases) throws IOException {
      placeAll(frontEnd, bases);
      enableAll(frontEnd, true);
    }

    @Override
    public int[] pause(VhostFrontEnd frontEnd) throws IOException {
      enableAll(frontEnd, false);
      return handBackAll(frontEnd);
    }
  },
  /** QEMU before 7.2, which negotiates no feature of the protocol: queues start enabled. */
  WITHOUT_PROTOCOL_FEATURES {
    @Override
    public void start(VhostFrontEnd frontEnd, int[] bases) throws IOException {
      placeAll(frontEnd, bases);
    }

    @Override
    public int[] pause(VhostFrontEnd frontEnd) throws IOException {
      return handBackAll(frontEnd);
    }
  },
  /** QEMU with DPDK: queues are enabled before they are placed. */
  ENABLED_FIRST {
    @Override
    public void start(VhostFrontEnd frontEnd, int[] bases) throws IOException {
      enableAll(frontEnd, true);
      placeAll(frontEnd, bases);
    }

    @Override
    public int[] pause(VhostFrontEnd frontEnd) throws IOException {
      return handBackAll(frontEnd);
    }
  },
  /** crosvm: each queue is placed and enabled before the next. */
  CROSVM {
    @Override
    public void start(VhostFrontEnd frontEnd, int[] bases) throws IOException {
      frontEnd.shareMemory();
      for (int queue : QUEUES) {
        placeKickLast(frontEnd, queue, bases[queue]);
        frontEnd.enable(queue, true);
      }
    }

    @Override
    public int[] pause(VhostFrontEnd frontEnd) throws IOException {
      int[] bases = new int[QUEUES.size()];
      for (int queue : QUEUES) {
        frontEnd.enable(queue, false);
        bases[queue] = frontEnd.handBack(queue);
      }
      return bases;
    }
  },
  /** cloud-hypervisor: a pause disables the queues, and to go on enables them, nothing else. */
  CLOUD_HYPERVISOR {
    @Override
    public void start(VhostFrontEnd frontEnd, int[] bases) throws IOException {
      frontEnd.shareMemory();
      for (int queue : QUEUES) {
        placeKickLast(frontEnd, queue, bases[queue]);
      }
      enableAll(frontEnd, true);
    }

    @Override
    public int[] pause(VhostFrontEnd frontEnd) throws IOException {
      enableAll(frontEnd, false);
      return new int[QUEUES.size()];
    }

    @Override
    public void resume(VhostFrontEnd frontEnd, int[] bases) throws IOException {
      enableAll(frontEnd, true);
    }
  };

  private static final List<Integer> QUEUES = List.of(VhostFrontEnd.INFLATE, VhostFrontEnd.DEFLATE);

  /**
   * Shares the memory and sets all queues up.
   *
   * @param frontEnd connected
   * @param bases where each queue starts, by index
   * @throws IOException if the back end refuses
   */
  public abstract void start(VhostFrontEnd frontEnd, int[] bases) throws IOException;

  /**
   * Stops all queues.
   *
   * @param frontEnd with queues that run
   * @return where each stopped, by index, for {@link #resume}
   * @throws IOException if the back end refuses
   */
  public abstract int[] pause(VhostFrontEnd frontEnd) throws IOException;

  /**
   * Resumes all queues.
   *
   * @param frontEnd with queues that were paused
   * @param bases what {@link #pause} returned
   * @throws IOException if the back end refuses
   */
  public void resume(VhostFrontEnd frontEnd, int[] bases) throws IOException {
    start(frontEnd, bases);
  }

  /**
   * Sets queues up in any order that the specification allows.
   *
   * @param frontEnd that has shared its memory
   * @param queues their indexes
   * @param bases where each queue starts, by index
   * @param random the order
   * @throws IOException if the back end refuses
   */
  public static void startInAnyOrder(
      VhostFrontEnd frontEnd, List<Integer> queues, int[] bases, RandomGenerator random)
      throws IOException {
    var messages = new ArrayList<Message>();
    for (int queue : queues) {
      messages.add(() -> frontEnd.size(queue));
      messages.add(() -> frontEnd.base(queue, bases[queue]));
      messages.add(() -> frontEnd.addresses(queue));
      messages.add(() -> frontEnd.call(queue));
      messages.add(() -> frontEnd.kick(queue));
      messages.add(() -> frontEnd.enable(queue, true));
    }
    Collections.shuffle(messages, Random.from(random));
    for (Message message : messages) {
      message.send();
    }
  }

  private interface Message {
    void send() throws IOException;
  }

  private static void placeAll(VhostFrontEnd frontEnd, int[] bases) throws IOException {
    frontEnd.shareMemory();
    for (int queue : QUEUES) {
      frontEnd.size(queue);
      frontEnd.base(queue, bases[queue]);
      frontEnd.addresses(queue);
      frontEnd.kick(queue);
      frontEnd.call(queue);
    }
  }

  private static void placeKickLast(VhostFrontEnd frontEnd, int queue, int base)
      throws IOException {
    frontEnd.size(queue);
    frontEnd.addresses(queue);
    frontEnd.base(queue, base);
    frontEnd.call(queue);
    frontEnd.kick(queue);
  }

  private static void enableAll(VhostFrontEnd frontEnd, boolean on) throws IOException {
    for (int queue : QUEUES) {
      frontEnd.enable(queue, on);
    }
  }

  private static int[] handBackAll(VhostFrontEnd frontEnd) throws IOException {
    int[] bases = new int[QUEUES.size()];
    for (int queue : QUEUES) {
      bases[queue] = frontEnd.handBack(queue);
    }
    return bases;
  }
}
