package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.aerostat.memory.linux.socket.ReceivedMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of messages, as QEMU's docs/interop/vhost-user.rst draws them, on x86. */
final class WireTest {
  private static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer room(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void aHeaderIsRequestFlagsSize() {
    var header = MessageHeader.read(bytes("05000000 09000000 28000000"));
    assertEquals(new MessageHeader(Request.SET_MEM_TABLE.number(), 9, 40), header);
    assertEquals(true, header.isVersion1() && header.needsReply());
    var written = room(MessageHeader.BYTES);
    header.write(written);
    assertEquals(bytes("05000000 09000000 28000000"), written.flip());
  }

  @Test
  void aRegionIsGuestSizeFrontEndOffset() throws RefusedException {
    String hex =
        "01000000 00000000 0010000000000000 0020000000000000 0000006000000000 0030000000000000";
    MemoryTable table = MemoryTable.read(bytes(hex));
    var region = new MemoryTable.Region(0x1000, 0x2000, 0x6000_0000L, 0x3000);
    assertEquals(new MemoryTable(List.of(region)), table);
    var written = room(MemoryTable.HEADER_BYTES + MemoryTable.Region.BYTES);
    table.write(written);
    assertEquals(bytes(hex), written.flip());
  }

  @Test
  void anAddressOfTheFrontEndBecomesAGuestPhysicalOneOrIsRefused() throws RefusedException {
    var table = new MemoryTable(List.of(new MemoryTable.Region(0x1000, 0x2000, 0x6000_0000L, 0)));
    assertEquals(0x1000, table.guestAddress(0x6000_0000L));
    assertEquals(0x2fff, table.guestAddress(0x6000_1fffL));
    assertThrows(RefusedException.class, () -> table.guestAddress(0x6000_2000L));
    assertThrows(RefusedException.class, () -> table.guestAddress(0x5fff_ffffL));
  }

  @Test
  void aTableHasOneToEightRegions() {
    for (int count : new int[] {-1, 0, 9}) {
      var bytes = room(MemoryTable.HEADER_BYTES).putInt(count).putInt(0).flip();
      assertThrows(RefusedException.class, () -> MemoryTable.read(bytes));
    }
  }

  @Test
  void aQueuesAddressesAreDescriptorsUsedAvailableLog() {
    var written = room(VringAddresses.BYTES);
    new VringAddresses(1, 0, 2, 3, 4, 5).write(written);
    assertEquals(
        bytes(
            "01000000 00000000 0200000000000000 0300000000000000 0400000000000000"
                + " 0500000000000000"),
        written.flip());
    assertEquals(new VringAddresses(1, 0, 2, 3, 4, 5), VringAddresses.read(written));
  }

  @Test
  void aPayloadThatIsTooShortIsRefused() {
    try (var message =
        new VhostUserMessage(
            new ReceivedMessage<>(new MessageHeader(9, 1, 4), room(4), List.of()))) {
      assertThrows(RefusedException.class, () -> message.read(VringAddresses::read));
      assertThrows(RefusedException.class, message::takeDescriptor);
    }
  }

  @Test
  void requestsAreKnownByTheirNumbers() {
    assertEquals(Request.GET_CONFIG, Request.of(24).orElseThrow());
    assertEquals(Request.SET_VRING_ENABLE, Request.of(18).orElseThrow());
    assertEquals(Request.SET_BACKEND_REQ_FD, Request.of(21).orElseThrow());
    assertEquals(true, Request.of(0).isEmpty());
  }
}
