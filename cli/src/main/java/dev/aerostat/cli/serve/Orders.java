package dev.aerostat.cli.serve;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.JsonText;
import dev.aerostat.cli.text.Spelling;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * What the user may order while guests are served, a line each: {@code target SIZE}, {@code status}
 * and {@code quit}. Safe for use by any thread.
 */
final class Orders {
  private final OperatorTarget operator;
  private final Runnable quit;

  Orders(OperatorTarget operator, Runnable quit) {
    this.operator = operator;
    this.quit = quit;
  }

  /**
   * What came of an order.
   *
   * @param refusal why it was not obeyed, if it was not
   * @param quits whether it is to be followed by {@link Orders#quit}
   */
  record Answer(Optional<String> refusal, boolean quits) {
    private static final Answer DONE = new Answer(Optional.empty(), false);
    private static final Answer QUITS = new Answer(Optional.empty(), true);

    private static Answer refused(String why) {
      return new Answer(Optional.of(why), false);
    }
  }

  /** Obeys a line, except that {@code quit} is for the caller to do, once it has answered. */
  Answer obey(String line) {
    String[] words = line.strip().split("\\s+", -1);
    return switch (words[0] + " " + (words.length - 1)) {
      case "quit 0" -> Answer.QUITS;
      case "status 0" -> Answer.DONE;
      case "target 1" -> target(words[1]);
      default ->
          Answer.refused(
              "'%s' is no order: expected 'target SIZE', 'status' or 'quit'%s"
                  .formatted(
                      line.strip(),
                      Spelling.question(words[0], List.of("target", "status", "quit"))));
    };
  }

  private Answer target(String size) {
    try {
      operator.target(ByteSize.parse(size));
      return Answer.DONE;
    } catch (IllegalArgumentException unusable) {
      return Answer.refused(String.valueOf(unusable.getMessage()));
    }
  }

  /** Ends the server. Returns once nothing is served any more. */
  void quit() {
    quit.run();
  }

  /** Returns an answer for programs, in a line that ends with a newline. */
  String json(Answer answer) {
    OperatorTarget.Status status = operator.status();
    return JsonText.line(
        out -> {
          out.writeStartObject();
          out.writeBooleanProperty("ok", answer.refusal().isEmpty());
          answer
              .refusal()
              .ifPresentOrElse(
                  why -> out.writeStringProperty("error", why),
                  () -> out.writeNullProperty("error"));
          if (status.guest().isPresent()) {
            out.writeNumberProperty("guest", status.guest().getAsInt());
          } else {
            out.writeNullProperty("guest");
          }
          out.writeNumberProperty("targetBytes", status.targetBytes());
          out.writeEndObject();
        });
  }

  /** Takes orders from standard input until there are no more, on a thread of its own. */
  void readFrom(Console console) {
    var lines = new BufferedReader(new InputStreamReader(console.in(), console.out().charset()));
    var _ =
        Thread.ofPlatform()
            .daemon()
            .name("aerostat-operator")
            .start(
                () -> {
                  try {
                    lines
                        .lines()
                        .filter(line -> !line.isBlank())
                        .forEach(line -> obeyAloud(line, console));
                  } catch (UncheckedIOException unreadable) {
                    console.complain("standard input cannot be read: " + unreadable.getMessage());
                  }
                });
  }

  private void obeyAloud(String line, Console console) {
    Answer answer = obey(line);
    answer.refusal().ifPresent(console::complain);
    if (answer.quits()) {
      quit();
    }
  }
}
