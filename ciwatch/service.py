"""The start of every process: configuration read and checked, one line for what is wrong with it."""

import pathlib
import re
import socket

from oslo_config import cfg

from ciwatch import opts

SYSTEM_CONFIG_FILE = "/etc/ciwatch/ciwatch.conf"

# Python's own words for what int() does not take.
_NO_NUMBER = re.compile(r"invalid literal for int\(\) with base 10: (?P<value>.*)")


class ConfigError(Exception):
    """The configuration cannot be used; the message is one line that names the option and why."""


def prepare(argv=(), config_files=None, config_dirs=None):
    """Reads the configuration and checks every value of it.

    The environment counts too (oslo.config's environment driver): ``OS_DATABASE__CONNECTION`` is
    ``[database] connection``.

    :param argv: command-line arguments in oslo.config's own form; under mod_wsgi an empty list,
        since sys.argv is not ours there.
    :param config_files: paths of configuration files; by default /etc/ciwatch/ciwatch.conf where it
        exists.
    :param config_dirs: folders whose ``*.conf`` files are read afterwards, in the order of their names.
    :returns: the :class:`oslo_config.cfg.ConfigOpts`.
    :raises ConfigError: for a missing file or a value that its option does not allow.
    """
    if config_files is None:
        config_files = [SYSTEM_CONFIG_FILE] if pathlib.Path(SYSTEM_CONFIG_FILE).exists() else []
    for folder in config_dirs or []:
        # oslo.config passes over a default folder that is not there, but somebody named this one.
        if not pathlib.Path(folder).is_dir():
            raise ConfigError(f"configuration folder not found: {folder}")
    conf = cfg.ConfigOpts()
    opts.register_opts(conf)
    try:
        conf(
            list(argv),
            project="ciwatch",
            default_config_files=list(config_files),
            default_config_dirs=list(config_dirs or []),
        )
        _check_values(conf)
    except cfg.ConfigFilesNotFoundError as error:
        raise ConfigError(f"configuration file not found: {', '.join(error.config_files)}") from error
    except cfg.ConfigDirNotFoundError as error:
        raise ConfigError(f"configuration folder not found: {error.config_dir}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"a configuration file is not UTF-8: {error.reason}") from error
    except OSError as error:
        raise ConfigError(f"configuration file {error.filename}: {error.strerror}") from error
    except cfg.ConfigFilesPermissionDeniedError as error:
        raise ConfigError(f"configuration file not readable: {', '.join(error.config_files)}") from error
    except cfg.Error as error:
        raise ConfigError(" ".join(str(error).split())) from error
    return conf


def _check_values(conf):
    # oslo.config converts a value when it is first read; read all now, so that a mistake is told at
    # the start and not by the first request that needs the option.
    for group, options in opts.GROUPS.items():
        for option in options:
            try:
                section = conf if group == "DEFAULT" else getattr(conf, group)
                getattr(section, option.dest)
            except (cfg.Error, ValueError) as error:
                where = option.name if group == "DEFAULT" else f"[{group}] {option.name}"
                raise ConfigError(f"{where}: {_reason(error)}") from error


def _reason(error):
    """Why a value cannot be, in one line, without what oslo.config says around it."""
    cause = error
    if isinstance(error, cfg.ConfigSourceValueError):
        cause = error.__cause__ or error.__context__ or error
    # That of a URL is an error in an error, whose first part is the sentence.
    while cause.args and isinstance(cause.args[0], Exception):
        cause = cause.args[0]
    reason = cause.args[0] if cause.args and isinstance(cause.args[0], str) else str(cause)
    reason = " ".join(reason.split())
    if number := _NO_NUMBER.fullmatch(reason):
        return f"{number['value']} is not a whole number"
    return reason


def listener_name(conf):
    """The name under which a listener of this configuration is known: on /status, on disk, to a broker."""
    return conf.listener.name or socket.gethostname()
