package dev.aerostat.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block of Java in a Markdown file that says where it is from, in a comment right above it:
 *
 * <pre>{@code
 * <!-- from lab/examples/src/main/java/dev/aerostat/examples/TinyVmm.java vmm -->
 * }</pre>
 *
 * @param file path from the root of the project
 * @param tag what the file marks the part with: {@code tag::vmm[]} to {@code end::vmm[]}
 * @param text the block
 */
record Quotation(String file, String tag, String text) {
  private static final Pattern COMMENT =
      Pattern.compile("<!-- from (lab/examples/\\S+) (\\S+) -->");
  private static final Pattern BLOCK = Pattern.compile("\\R```java\\R(.*?)```", Pattern.DOTALL);

  static List<Quotation> in(String markdown) {
    var found = new ArrayList<Quotation>();
    Matcher comment = COMMENT.matcher(markdown);
    while (comment.find()) {
      Matcher block = BLOCK.matcher(markdown).region(comment.end(), markdown.length());
      if (!block.lookingAt()) {
        throw new IllegalStateException(
            "no block of Java right below %s".formatted(comment.group()));
      }
      found.add(new Quotation(comment.group(1), comment.group(2), block.group(1)));
    }
    return found;
  }

  /** What the file has between the tags, without its indentation. */
  String original(Path root) throws IOException {
    String source = Files.readString(root.resolve(file));
    Matcher part =
        Pattern.compile(
                "tag::%1$s\\[]\\R(.*?)^\\s*// end::%1$s\\[]".formatted(tag),
                Pattern.DOTALL | Pattern.MULTILINE)
            .matcher(source);
    if (!part.find()) {
      throw new IllegalStateException("%s has no part tagged %s".formatted(file, tag));
    }
    return part.group(1).stripTrailing().stripIndent() + "\n";
  }
}
