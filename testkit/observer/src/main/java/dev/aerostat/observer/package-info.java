/**
 * A page-by-page oracle of the rules: what it knows it has from decorators at mapper, gate and host
 * memory, and from its own reading of the rings.
 *
 * <p>It uses no type of engine, tracker or codec, so that it cannot share their mistakes.
 */
package dev.aerostat.observer;
