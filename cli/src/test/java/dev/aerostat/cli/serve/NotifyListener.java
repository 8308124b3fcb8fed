package dev.aerostat.cli.serve;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The socket of a service manager, which reads two states: a program of its own, since Java has no
 * Unix datagrams and this module must not make native calls.
 */
final class NotifyListener implements AutoCloseable {
  private static final String PROGRAM =
      """
      import dev.aerostat.memory.linux.syscall.*;
      import java.lang.foreign.*;
      import java.nio.charset.StandardCharsets;

      final class Manager {
        public static void main(String[] names) {
          var calls = SocketCalls.libc();
          int socket = calls.unixDatagramSocket();
          byte[] name = names[0].getBytes(StandardCharsets.UTF_8);
          MemorySegment address = Arena.global().allocate(2 + name.length + 1, 8);
          address.set(ValueLayout.JAVA_SHORT, 0, (short) 1);
          MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
          System.out.println("bound " + calls.bind(socket, address));
          MemorySegment state = Arena.global().allocate(100);
          for (int i = 0; i < 2; i++) {
            int bytes = (int) calls.read(socket, state);
            byte[] read = state.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
            System.out.println(new String(read, StandardCharsets.UTF_8));
          }
        }
      }
      """;

  private final Process process;
  private final BufferedReader lines;

  /** Returns once the socket is there. */
  NotifyListener(Path directory, Path socket) throws IOException {
    Path program = Files.writeString(directory.resolve("Manager.java"), PROGRAM);
    process =
        ServeProcess.java(List.of(), program.toString(), socket.toString())
            .redirectErrorStream(true)
            .start();
    lines = process.inputReader();
    var said = new ArrayList<String>();
    while (!said.contains("bound 0")) {
      String line = lines.readLine();
      if (line == null) {
        throw new IOException("no socket was made: " + said);
      }
      said.add(line);
    }
  }

  /** Waits for the next state. */
  String next() throws IOException {
    return String.valueOf(lines.readLine());
  }

  @Override
  public void close() throws IOException {
    var _ = process.destroyForcibly().onExit().join();
    lines.close();
  }
}
