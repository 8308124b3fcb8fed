package dev.aerostat.cli.serve;

import dev.aerostat.cli.text.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Plugs devices into a running QEMU (QEMU docs/interop/qmp-spec.rst): each object in a line.
 *
 * @param monitor QEMU's socket, {@code -qmp unix:PATH,server=on,wait=off}
 * @param buses ids of ports that devices can be plugged into, one for each
 */
record QmpPlug(Path monitor, List<String> buses) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MOST_BYTES = 1 << 20;

  /**
   * Plugs a device.
   *
   * @param number 0 for the first
   * @param socket where it is served
   * @throws IOException if QEMU refuses, or cannot be reached: the message has what it said
   */
  void plug(int number, Path socket) throws IOException {
    try {
      execute(deviceAdd(number, socket));
    } catch (IOException failure) {
      throw new IOException(
          "the device of %s is not plugged, by %s: %s"
              .formatted(socket, monitor, failure.getMessage()),
          failure);
    }
  }

  /** Has QEMU do something. */
  void execute(String command) throws IOException {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      boolean _ = channel.connect(UnixDomainSocketAddress.of(monitor));
      String _ = line(channel);
      require(channel, "{\"execute\":\"qmp_capabilities\"}\n");
      require(channel, command);
    }
  }

  private String deviceAdd(int number, Path socket) {
    return JsonText.line(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("execute", "device_add");
          json.writeObjectPropertyStart("arguments");
          json.writeStringProperty("driver", "vfio-user-pci");
          json.writeStringProperty("id", "aerostat" + number);
          json.writeStringProperty("bus", buses.get(number));
          json.writeObjectPropertyStart("socket");
          json.writeStringProperty("type", "unix");
          json.writeStringProperty("path", socket.toAbsolutePath().toString());
          json.writeEndObject();
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  private static void require(SocketChannel channel, String command) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(command.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      int _ = channel.write(bytes);
    }
    String answer = line(channel);
    while (firstName(answer).equals("event")) {
      answer = line(channel);
    }
    if (!firstName(answer).equals("return")) {
      throw new IOException("QEMU answers " + answer.strip());
    }
  }

  /** Returns the first name of an object that tells which it is: events have a time before it. */
  private static String firstName(String object) throws IOException {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), object)) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        } else if (depth == 1 && token == JsonToken.PROPERTY_NAME) {
          String name = parser.currentName();
          if (List.of("event", "return", "error").contains(name)) {
            return name;
          }
        }
      }
      throw new IOException("QEMU answers " + object.strip());
    } catch (JacksonException noJson) {
      throw new IOException("QEMU answers no JSON: " + object.strip(), noJson);
    }
  }

  private static String line(SocketChannel channel) throws IOException {
    var line = new ByteArrayOutputStream();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (line.size() < MOST_BYTES) {
      if (channel.read(one.clear()) < 0) {
        throw new EOFException("QEMU closed the connection");
      }
      if (one.get(0) == '\n') {
        return line.toString(StandardCharsets.UTF_8);
      }
      line.write(one.get(0));
    }
    throw new IOException("QEMU answers with more than %d bytes".formatted(MOST_BYTES));
  }
}
