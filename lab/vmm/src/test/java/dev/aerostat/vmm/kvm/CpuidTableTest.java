package dev.aerostat.vmm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.aerostat.vmm.kvm.CpuidTable.Leaf;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CpuidTableTest {
  private static Leaf leaf(int function, int index) {
    return new Leaf(function, index, 0, 0xfc00_0123, 0xaabb_ccdd, 0x0000_5511, 0x1000_0000);
  }

  private static Leaf only(CpuidTable table, int function, int index) {
    List<Leaf> found =
        table.entries().stream()
            .filter(leaf -> leaf.function() == function && leaf.index() == index)
            .toList();
    assertEquals(1, found.size(), found::toString);
    return found.getFirst();
  }

  @Test
  void itIsReadAndWrittenAsKvmHasIt() {
    var table = new CpuidTable(List.of(leaf(1, 0), leaf(4, 3)));
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(table, CpuidTable.read(table.write(arena)));
      assertEquals(8 + 2 * 40, table.write(arena).byteSize());
    }
  }

  @Test
  void eachProcessorTellsItsNumberAndHowManyThereAre() {
    var host = new CpuidTable(List.of(leaf(1, 0), leaf(4, 0), leaf(0xb, 0), leaf(0x1f, 0)));
    CpuidTable third = host.ofProcessor(2, 3);
    Leaf features = only(third, 1, 0);
    assertEquals(2 << 24 | 3 << 16 | 0xccdd, features.ebx());
    assertEquals(1 << 31 | 1 << 24, features.ecx() & (1 << 31 | 1 << 24), "guest, TSC deadline");
    assertEquals(1 << 28, features.edx() & 1 << 28);
    assertEquals(2 << 26 | 0x123, only(third, 4, 0).eax(), "cores of the package, less 1");
    assertEquals(new Leaf(0xb, 0, 1, 0, 1, 0x100, 2), only(third, 0xb, 0));
    assertEquals(new Leaf(0xb, 1, 1, 2, 3, 0x201, 2), only(third, 0xb, 1));
    assertFalse(third.entries().stream().anyMatch(leaf -> leaf.function() == 0x1f));
  }

  @Test
  void aSingleProcessorHasNoOthersBesideIt() {
    CpuidTable one = new CpuidTable(List.of(leaf(1, 0), leaf(4, 0))).ofProcessor(0, 1);
    assertEquals(0, only(one, 1, 0).edx() & 1 << 28);
    assertEquals(0x123, only(one, 4, 0).eax());
    assertEquals(0, only(one, 0xb, 1).eax(), "bits of its number");
  }

  @Test
  void amdsLeavesSayTheSame() {
    var host = new CpuidTable(List.of(leaf(0x8000_0008, 0), leaf(0x8000_001e, 0)));
    CpuidTable second = host.ofProcessor(1, 2);
    assertEquals(1 << 12 | 0x501, only(second, 0x8000_0008, 0).ecx());
    assertEquals(1, only(second, 0x8000_001e, 0).eax());
  }

  @Test
  void otherLeavesStayAsTheyAre() {
    var host = new CpuidTable(List.of(leaf(7, 0), leaf(0x4000_0000, 0)));
    CpuidTable first = host.ofProcessor(0, 4);
    assertEquals(leaf(7, 0), only(first, 7, 0));
    assertEquals(leaf(0x4000_0000, 0), only(first, 0x4000_0000, 0));
  }
}
