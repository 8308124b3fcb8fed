/** The documents of the project as a site: Markdown to HTML, and no link that leads nowhere. */
@org.jspecify.annotations.NullMarked
package dev.aerostat.site;
