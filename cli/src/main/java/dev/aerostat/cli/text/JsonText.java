package dev.aerostat.cli.text;

import java.io.StringWriter;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators.Spacing;

/** JSON as all commands print it. */
public final class JsonText {
  /** ASCII only, so that no terminal's or pipe's encoding can change it. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private JsonText() {}

  /**
   * Returns JSON that is indented, for people too.
   *
   * @param content writes it
   * @return the text, with a newline at its end
   */
  public static String of(Consumer<JsonGenerator> content) {
    return written(new Indented(), content);
  }

  /**
   * Returns JSON in one line.
   *
   * @param content writes it
   * @return the text, with a newline at its end
   */
  public static String line(Consumer<JsonGenerator> content) {
    return written(ObjectWriteContext.empty(), content);
  }

  private static String written(ObjectWriteContext style, Consumer<JsonGenerator> content) {
    var text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(style, text)) {
      content.accept(generator);
    }
    return text.append('\n').toString();
  }

  /** As most tools print it, with a newline that is the same everywhere. */
  private static final class Indented extends ObjectWriteContext.Base {
    @Override
    public PrettyPrinter getPrettyPrinter() {
      return new DefaultPrettyPrinter(
              PrettyPrinter.DEFAULT_SEPARATORS.withObjectNameValueSpacing(Spacing.AFTER))
          .withObjectIndenter(new DefaultIndenter("  ", "\n"));
    }
  }
}
