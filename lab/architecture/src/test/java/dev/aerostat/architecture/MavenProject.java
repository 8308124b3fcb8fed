package dev.aerostat.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What a pom of ours has.
 *
 * @param directory where it lies
 * @param pom its elements
 */
record MavenProject(Path directory, Document pom) {
  static MavenProject in(Path directory) throws IOException {
    try (var file = Files.newInputStream(directory.resolve("pom.xml"))) {
      return new MavenProject(
          directory, DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(file));
    } catch (ParserConfigurationException | SAXException failure) {
      throw new IOException("cannot read the pom in " + directory, failure);
    }
  }

  String artifact() {
    return text("/project/artifactId");
  }

  /** Returns the version, which a module has from the root pom unless it has its own. */
  String version() {
    return text("/project/version | /project/parent/version");
  }

  boolean isDeployed() {
    return !text("/project/properties/maven.deploy.skip").equals("true");
  }

  /** Returns the artifacts of ours that users of this one get with it. */
  List<String> handedOn() {
    return texts(
        "/project/dependencies/dependency[groupId='dev.aerostat'][not(scope='test')]/artifactId");
  }

  /** Returns the text at a path, empty if there is nothing. */
  String text(String path) {
    List<String> found = texts(path);
    return found.isEmpty() ? "" : found.getFirst();
  }

  List<String> texts(String path) {
    XPath xpath = XPathFactory.newDefaultInstance().newXPath();
    try {
      var nodes = (NodeList) xpath.evaluate(path, pom, XPathConstants.NODESET);
      return IntStream.range(0, nodes.getLength())
          .mapToObj(i -> nodes.item(i).getTextContent().strip())
          .toList();
    } catch (XPathExpressionException mistake) {
      throw new IllegalArgumentException(path, mistake);
    }
  }
}
