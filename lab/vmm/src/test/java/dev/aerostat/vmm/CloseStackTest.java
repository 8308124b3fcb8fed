package dev.aerostat.vmm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class CloseStackTest {
  private final List<String> closed = new ArrayList<>();

  @Test
  void whatWasOpenedLastIsClosedFirstAndAllOnce() throws IOException {
    var stack = new CloseStack();
    stack.add(() -> closed.add("memory"));
    stack.add(() -> closed.add("vCPUs"));
    stack.close();
    stack.close();
    assertEquals(List.of("vCPUs", "memory"), closed);
  }

  @Test
  void whatCannotBeClosedLeavesOpenWhatItUses() throws IOException {
    var stack = new CloseStack();
    stack.add(() -> closed.add("memory"));
    stack.add(
        () -> {
          throw new IOException("a vCPU does not stop");
        });
    stack.add(() -> closed.add("console"));
    assertThrows(IOException.class, stack::close);
    assertThrows(IOException.class, stack::close, "it still runs, and still uses memory");
    assertEquals(List.of("console"), closed);
  }

  @Test
  void whatCanBeClosedTheSecondTimeIsFollowedByWhatItUses() throws IOException {
    var stack = new CloseStack();
    var tries = new AtomicInteger();
    stack.add(() -> closed.add("memory"));
    stack.add(
        () -> {
          if (tries.incrementAndGet() == 1) {
            throw new IOException("a vCPU does not stop yet");
          }
        });
    assertThrows(IOException.class, stack::close);
    stack.close();
    assertEquals(List.of("memory"), closed);
  }
}
