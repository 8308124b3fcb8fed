package dev.aerostat.vfio.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.memory.linux.FileStatus;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Descriptors both ways, in large numbers. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PassedDescriptorsTest {
  private static final int REPLIES = 3000;

  @TempDir private Path directory = Path.of("");

  private final VfioUserGuest guest = new VfioUserGuest(new RecordedHost());

  @Test
  void eachReplyHasItsFileThoughTheSocketWasFull() throws Exception {
    try (var device = CheckingDevice.faultless();
        var server = new RunningServer(directory.resolve("s"), guest, device);
        VmmClient client = VmmClient.agreed(server.socket())) {
      var sent =
          CompletableFuture.runAsync(
              () -> {
                try {
                  for (int i = 0; i < REPLIES; i++) {
                    int _ =
                        client.send(
                            VmmClient.GET_REGION_INFO,
                            0,
                            it -> it.putInt(72).putInt(0).putInt(1).putInt(0).putLong(0).putLong(0),
                            List.of());
                  }
                } catch (java.io.IOException failure) {
                  throw new IllegalStateException(failure);
                }
              });
      Thread.sleep(500); // Nothing is read, and so there is no room left.
      for (int i = 0; i < REPLIES; i++) {
        VmmClient.Reply reply = client.receive();
        assertEquals(72, reply.ok().remaining());
        try (Descriptor file = reply.file().orElseThrow()) {
          assertEquals(CheckingDevice.FILE_BYTES, FileStatus.of(file.number()).bytes());
        }
      }
      var _ = sent.get();
      assertEquals(List.of(), List.copyOf(device.violations()));
    }
  }

  @Test
  void aDeviceMayHave2048MessagesAndNoMore() throws Exception {
    OpenDescriptors before = OpenDescriptors.now();
    try (var device = CheckingDevice.faultless();
        var server = new RunningServer(directory.resolve("s"), guest, device);
        VmmClient client = VmmClient.agreed(server.socket());
        Descriptor counter = MemoryFile.counter()) {
      var sixteen = new Descriptor[16];
      java.util.Arrays.fill(sixteen, counter);
      for (int start = 0; start < 2048; start += 16) {
        client.setIrqs(0x24, 2, start, 16, sixteen).ok();
      }
      assertEquals(22, client.setIrqs(0x24, 2, 2040, 16, sixteen).errno());
      assertEquals(22, client.setIrqs(0x24, 2, 2048, 1, counter).errno());
      assertEquals(22, client.setIrqs(0x21, 2, -1, 2).errno());
      client.setIrqs(0x24, 2, 0, 2048).ok();
      client.setIrqs(0x21, 2, 0, 0).ok();
      assertTrue(device.violations().isEmpty(), () -> device.violations().toString());
    }
    assertEquals(List.of(), before.grown());
  }
}
