package dev.aerostat.vhost.user;

import dev.aerostat.memory.linux.socket.CallResult;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/** A guest's memory as its front end has it: a file, from guest-physical address 0 on. */
final class SharedFile implements AutoCloseable {
  static final int BYTES = 4 << 20;

  /** Where it is in the front end's process: no address of ours. */
  static final long FRONT_END = 0x7000_0000_0000L;

  private final Descriptor descriptor;
  private final MappedByteBuffer bytes;

  SharedFile(Path path) throws IOException {
    try (var file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(BYTES);
      bytes = file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
      bytes.order(ByteOrder.LITTLE_ENDIAN);
    }
    int number = SystemCalls.libc().open(path.toString(), LinuxConstants.O_RDWR);
    descriptor = new Descriptor(SystemCalls.libc(), CallResult.require("open " + path, number));
  }

  Descriptor descriptor() {
    return descriptor;
  }

  ByteBuffer bytes() {
    return bytes;
  }

  static MemoryTable table(long bytes) {
    return new MemoryTable(List.of(new MemoryTable.Region(0, bytes, FRONT_END, 0)));
  }

  @Override
  public void close() {
    descriptor.close();
  }
}
