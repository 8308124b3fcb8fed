package dev.aerostat.cli.serve;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Runs in the emulated machine: {@code aerostat passthrough} as a process, and a stock QEMU with
 * KVM whose guest gets this machine's device, and judges its DMA itself. Each argument is a policy.
 */
final class PassthroughInMachine {
  private static final Path EMULATOR = Path.of("/tmp/emulator");
  private static final Path SOCKET = Path.of("/tmp/device");
  private static final Path MEMORY = Path.of("/tmp/device.memory");
  private static final Path MONITOR = Path.of("/tmp/qmp");
  private static final long START = System.nanoTime();

  private PassthroughInMachine() {}

  public static void main(String[] policies) throws Exception {
    String device =
        Pattern.compile(",")
            .splitAsStream(System.getProperty("aerostat.devices", ""))
            .findFirst()
            .orElseThrow();
    run("/bin/busybox", "tar", "-C", "/tmp", "-xf", "/app/emulator.tar");
    for (String policy : policies) {
      try {
        boot(policy, device);
      } catch (NeverUpException stoodStill) {
        // A virtualized processor of an emulated one: one guest in nine, on a machine that had
        // other work.
        say("REPEATED: " + stoodStill.getMessage());
        boot(policy, device);
      }
      requireFree(device);
    }
    say("done");
  }

  private static void boot(String policy, String device) throws Exception {
    switch (policy) {
      case "plug" -> plug(device);
      case "hold" -> hold(device);
      case "sync" -> sync(device);
      default -> throw new IllegalArgumentException(policy);
    }
  }

  /** A guest whose first process never spoke. */
  private static final class NeverUpException extends Exception {
    private static final long serialVersionUID = 1L;

    NeverUpException(Throwable cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** The guest boots without its device, and gets it when that may do DMA. */
  private static void plug(String device) throws Exception {
    try (var served =
        passthrough(device, "--gate", "plug", "--qmp", MONITOR.toString(), "--qmp-bus", "rp")) {
      String _ = served.await("\"event\":\"serving\",");
      String _ = served.await("\"socket\":\"/tmp/device\"");
      var options = new ArrayList<>(List.of("-device", "pcie-root-port,id=rp,chassis=1,slot=1"));
      Collections.addAll(options, "-device", description(MEMORY, "memory"));
      try (var guest = guest(options)) {
        guest.awaitUp();
        say("the guest is up");
        String _ = served.await("\"event\":\"plugged\"");
        String _ =
            guest.tell(
                "until grep -q 0x11e8 /sys/bus/pci/devices/*/device; do usleep 100000; done");
        judge(guest);
        expect(guest, "pin", "1 interrupts");
        unplug();
        judgeAfterReplug(served, guest);
      }
      String _ = served.await("\"event\":\"gone\"");
    }
  }

  /** Plugged again by hand: the memory is mapped still, and the reset took the permission away. */
  private static void judgeAfterReplug(Talk served, Talk guest) throws Exception {
    String _ =
        guest.tell("while grep -q 0x11e8 /sys/bus/pci/devices/*/device; do usleep 100000; done");
    new QmpPlug(MONITOR, List.of("rp")).plug(0, SOCKET);
    String _ =
        guest.tell("until grep -q 0x11e8 /sys/bus/pci/devices/*/device; do usleep 100000; done");
    judge(guest);
    say("plugged again, " + served.name);
  }

  private static void unplug() throws IOException {
    new QmpPlug(MONITOR, List.of())
        .execute("{\"execute\":\"device_del\",\"arguments\":{\"id\":\"aerostat0\"}}\n");
  }

  /** The device is there from the start, and the balloon's driver takes most memory out of use. */
  private static void hold(String device) throws Exception {
    String balloon = "/tmp/balloon";
    try (var served = passthrough(device, "--gate", "hold", "--balloon-socket", balloon)) {
      String _ = served.await("\"socket\":\"/tmp/balloon\"");
      var options = new ArrayList<>(List.of("-device", description(SOCKET, "aerostat0")));
      Collections.addAll(options, "-chardev", "socket,id=balloon,path=" + balloon);
      options.add("-device");
      options.add(
          "vhost-user-test-device-pci,chardev=balloon,virtio-id=5,num_vqs=5,config_size=16,vq_size=128");
      try (var guest = guest(options)) {
        guest.awaitUp();
        String _ = guest.tell("insmod /m/*-virtio_balloon.ko");
        String _ = served.await("\"event\":\"driverUp\"");
        judge(guest);
        String _ = guest.tell("rmmod virtio_balloon");
        judgeOnce(guest, "0x0000000000ABCDEF");
      }
      String _ = served.await("\"event\":\"gone\"");
    }
  }

  private static void sync(String device) throws Exception {
    try (var served = passthrough(device, "--gate", "sync", "--message-timeout", "600")) {
      String _ = served.await("\"event\":\"serving\"");
      try (var guest = guest(List.of("-device", description(SOCKET, "aerostat0")))) {
        String _ = served.await("\"event\":\"gateOpened\"");
        guest.awaitUp();
        judge(guest);
        guest.begin("reboot -f");
        guest.awaitUp();
        judge(guest);
      }
      String _ = served.await("\"event\":\"gone\"");
    }
  }

  private static void judge(Talk guest) throws Exception {
    String _ = guest.tell("find_device");
    expect(guest, "devmem $B 32", "0x010000ED");
    expect(guest, "copy 0x1122", "0x0000000000000000");
    String _ = guest.tell("bus_master");
    judgeOnce(guest, "0x0000000033445566");
  }

  private static void judgeOnce(Talk guest, String value) throws Exception {
    expect(guest, "copy " + value, value);
  }

  private static void expect(Talk guest, String command, String expected) throws Exception {
    String found = guest.tell(command);
    if (!found.strip().endsWith(expected)) {
      throw new IllegalStateException("%s: %s, expected %s".formatted(command, found, expected));
    }
    say("%s: %s".formatted(command, expected));
  }

  /** Nothing is left: no DMA, and nobody holds the device. */
  private static void requireFree(String device) throws Exception {
    byte[] config = Files.readAllBytes(Path.of("/sys/bus/pci/devices", device, "config"));
    if ((config[4] & 4) != 0) {
      throw new IllegalStateException("device %s may do DMA still".formatted(device));
    }
    say("device %s is at rest".formatted(device));
  }

  private static String description(Path socket, String id) {
    return "{\"driver\":\"vfio-user-pci\",\"id\":\"%s\",\"socket\":{\"type\":\"unix\",\"path\":\"%s\"},\"x-msg-timeout\":600000}"
        .formatted(id, socket);
  }

  private static Talk passthrough(String device, String... more) throws IOException {
    var command = new ArrayList<String>();
    Collections.addAll(command, System.getProperty("java.home", "") + "/bin/java");
    Collections.addAll(command, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m");
    Collections.addAll(command, "--enable-native-access=ALL-UNNAMED");
    Collections.addAll(command, "-cp", System.getProperty("java.class.path", ""));
    Collections.addAll(command, "dev.aerostat.cli.Main", "passthrough", "--json");
    Collections.addAll(command, "--device", device, "--socket", SOCKET.toString());
    Collections.addAll(command, more);
    return new Talk("aerostat", command);
  }

  private static Talk guest(List<String> devices) throws IOException {
    Files.deleteIfExists(MONITOR);
    var command = new ArrayList<String>();
    Collections.addAll(command, EMULATOR + "/lib/ld-linux-x86-64.so.2");
    Collections.addAll(command, "--library-path", EMULATOR + "/lib");
    Collections.addAll(command, EMULATOR + "/qemu-system-x86_64", "-L", EMULATOR + "/firmware");
    Collections.addAll(command, "-accel", "kvm", "-cpu", "host", "-smp", "1", "-nodefaults");
    Collections.addAll(command, "-display", "none", "-serial", "stdio", "-m", "512M");
    Collections.addAll(command, "-machine", "q35,memory-backend=ram");
    Collections.addAll(command, "-object", "memory-backend-memfd,id=ram,size=512M,share=on");
    Collections.addAll(command, "-qmp", "unix:%s,server=on,wait=off".formatted(MONITOR));
    command.addAll(devices);
    Collections.addAll(command, "-kernel", "/app/vmlinuz", "-initrd", "/app/initrd", "-append");
    command.add("console=ttyS0 quiet panic=-1 no_timer_check memmap=16M$0x10000000");
    return new Talk("guest", command);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", command));
    }
  }

  private static void say(String what) {
    System.out.printf("PASSTHROUGH %6.1f s  %s%n", (System.nanoTime() - START) / 1e9, what);
  }

  /** A process that is talked to by lines. */
  private static final class Talk implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 100;

    private final String name;
    private final Process process;
    private final Writer input;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    Talk(String name, List<String> command) throws IOException {
      this.name = name;
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      var _ = builder.environment().put("QEMU_MODULE_DIR", EMULATOR + "/lib/qemu");
      this.process = builder.start();
      this.input = process.outputWriter();
      var _ = Thread.ofPlatform().daemon().name(name).start(this::read);
    }

    private void read() {
      try (BufferedReader reader = process.inputReader()) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          say(name + "| " + line);
          lines.add(line);
        }
      } catch (IOException ended) {
        lines.add(ended.toString());
      }
    }

    /** Returns the first line that has these words. */
    String await(String words) throws InterruptedException {
      while (true) {
        String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
          throw new IllegalStateException("%s does not say %s".formatted(name, words));
        }
        if (line.contains(words)) {
          return line;
        }
      }
    }

    void awaitUp() throws InterruptedException, NeverUpException {
      try {
        String _ = await("READY");
      } catch (IllegalStateException silent) {
        throw new NeverUpException(silent);
      }
    }

    void begin(String command) throws IOException {
      input.write(command + '\n');
      input.flush();
    }

    /** Has a line of shell run; returns the last line that it prints. */
    String tell(String command) throws IOException, InterruptedException {
      begin(command);
      String last = "";
      while (true) {
        String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
          throw new IllegalStateException("%s: no end of %s".formatted(name, command));
        }
        if (line.contains("=END=")) {
          return last;
        }
        last = line;
      }
    }

    @Override
    public void close() {
      process.destroy();
      try {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new IllegalStateException(name + " does not end");
        }
        say("%s ended with %d".formatted(name, process.exitValue()));
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      } finally {
        var _ = process.destroyForcibly();
      }
    }
  }
}
