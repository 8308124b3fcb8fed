/** For a VMM that is itself wired by Dagger. */
package dev.aerostat.engine.dagger;
