/**
 * The command {@code serve}, the balloon of real guests over vhost-user, and what it prints of
 * each.
 */
package dev.aerostat.cli.serve;
