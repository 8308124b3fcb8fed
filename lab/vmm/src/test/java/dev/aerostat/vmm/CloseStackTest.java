package dev.aerostat.vmm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
    assertEquals(List.of("console"), closed);
  }
}
