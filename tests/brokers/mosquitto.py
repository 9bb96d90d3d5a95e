"""A real Mosquitto, with a configuration of its own: not the service of the system."""

import pwd
import shutil
import subprocess

from tests.brokers import server


def program():
    """The path of the program.

    :raises server.MissingError: where it is absent.
    """
    # Debian's is in /usr/sbin, which is not on everybody's path.
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if found is None:
        raise server.MissingError("needs a real Mosquitto, and there is none: apt install mosquitto")
    return found


class Mosquitto(server.Server):
    """A broker that writes its sessions down when it ends.

    :ivar tls_port: where it speaks TLS.
    :ivar certificate: the path of its certificate, which signs itself.
    """

    def __init__(self, folder, account=None):
        """Writes its configuration.

        :param account: (username, password) without which nobody gets in; anybody does where it is None.
        """
        super().__init__(folder)
        path = self.folder / "mosquitto.conf"
        text = [
            f"listener {self.port} 127.0.0.1",
            "persistence true",
            f"persistence_location {self.folder}/",
            # The other user as which it would go on, where it is started by root, may not enter the folder.
            f"user {pwd.getpwuid(self.folder.stat().st_uid).pw_name}",
            # By default it drops what comes above a thousand messages.
            "max_queued_messages 0",
            f"allow_anonymous {'false' if account else 'true'}",
        ]
        self.tls_port = server.free_port()
        self.certificate, key = server.make_certificate(self.folder)
        text += [f"listener {self.tls_port} 127.0.0.1", f"certfile {self.certificate}", f"keyfile {key}"]
        if account:
            words = self.folder / "passwords"
            subprocess.run(["mosquitto_passwd", "-c", "-b", words, *account], check=True, capture_output=True)
            text.append(f"password_file {words}")
        path.write_text("\n".join(text) + "\n")

    def command(self):
        """The broker."""
        return [program(), "-c", self.folder / "mosquitto.conf"]
