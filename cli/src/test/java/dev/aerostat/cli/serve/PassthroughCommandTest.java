package dev.aerostat.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.Invocation;
import dev.aerostat.cli.boot.FakeSimulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user hears before any device is opened. */
final class PassthroughCommandTest {
  private static final String ONE = "--device 0000:41:00.0 --socket /run/gpu ";

  private static Invocation passthrough(String options) {
    return Invocation.of(FakeSimulator.smooth(), ("passthrough " + options).split(" +", -1));
  }

  @Test
  void theOptionsOfQemuAreThoseOfTheDocument() {
    Invocation printed = passthrough(ONE + "--print-qemu");
    assertEquals(0, printed.exitCode(), printed::err);
    assertEquals(
        """
        -machine q35,memory-backend=ram \\
          -object memory-backend-memfd,id=ram,size=SIZE,share=on -m SIZE \\
          -device '{"driver":"vfio-user-pci","id":"memory","socket":{"type":"unix","path":"/run/gpu.memory"},"x-msg-timeout":5000}' \\
          -device pcie-root-port,id=rp,chassis=1,slot=1
        """,
        printed.out());
  }

  @Test
  void withABalloonTheDeviceIsThereFromTheStart() {
    String options =
        passthrough(ONE + "--gate hold --balloon-socket /run/b --message-timeout 30 --print-qemu")
            .out();
    assertTrue(options.contains("-chardev socket,id=balloon,path=/run/b "), options);
    assertTrue(options.contains("\"path\":\"/run/gpu\"},\"x-msg-timeout\":30000"), options);
    assertTrue(!options.contains("pcie-root-port"), options);
  }

  @Test
  void cloudHypervisorHasOptionsOfItsOwn() {
    assertEquals(
        "--memory size=SIZE,shared=on \\\n  --user-device socket=/run/gpu.memory\n",
        passthrough(ONE + "--print-ch").out());
  }

  @ParameterizedTest(name = "passthrough {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --socket /run/gpu | --device
          --device 0000:41:00.0 | --socket
          --device 41 --socket /run/gpu | '41'
          --device 0000:41:00.0,0000:42:00.0 --socket /run/gpu | --socket: 1 for 2 devices
          --device 0000:41:00.0 --socket /run/gpu --gate later | expected one of plug, hold, sync
          --device 0000:41:00.0 --socket /run/gpu --gate hold | expected --balloon-socket
          --device 0000:41:00.0 --socket /run/gpu --gate sync --qmp /run/q | are for --gate plug
          --device 0000:41:00.0 --socket /run/gpu --qmp /run/q --qmp-bus a,b | --qmp-bus: 2 for 1 devices
          --device 0000:41:00.0 --socket /run/gpu --message-timeout 0 | expected seconds, 1 to 2147483
          --device 0000:41:00.0 --socket /run/gpu --message-timeout NaN | expected seconds
          --device 0000:41:00.0 --socket /run/gpu --resident 5000 | expected a multiple of 4K
          """)
  void whatDoesNotGoTogetherIsNamed(String options, String named) {
    Invocation refused = passthrough(options);
    assertEquals(2, refused.exitCode(), refused::err);
    assertTrue(refused.err().contains(named), refused::err);
  }

  @Test
  void aHostWithoutTheDeviceSaysSo() {
    Invocation refused = passthrough("--device 0000:7f:1f.7 --socket /run/gpu");
    assertEquals(1, refused.exitCode(), refused::err);
    assertTrue(refused.err().contains("ATTACH refused"), refused::err);
  }
}
