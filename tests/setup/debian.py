"""Packages of a Debian-like archive, unpacked into a folder: nothing is installed, no root is needed.

apt itself does the work, with a configuration, lists and cache of our own, so the archive's signature is checked as
ever. The archive's address is the one this host already uses. Used by the other modules of `tests/setup`.
"""
import pathlib
import platform
import re
import shutil
import tempfile

from tests.setup.step import SetupError, need_tool, replace_tree, run

SUITE = 'trixie'                          # has MicroPython 1.25; its keys are on Debian 12 too
KEYRINGS = pathlib.Path('/usr/share/keyrings')
COMPONENTS = {'debian': 'main', 'ubuntu': 'main universe'}
TRIPLETS = {'amd64': 'x86_64-linux-gnu', 'i386': 'i386-linux-gnu', 'arm64': 'aarch64-linux-gnu'}


class Archive:
    """Where packages come from: `family` is 'debian' or 'ubuntu', `suite` the release that is taken.

    On Debian that is one release whatever the host runs, so that pictures of text and MicroPython are the same
    everywhere; Ubuntu hosts hold the keys of their own archive only, so there it is the host's release.
    """

    def __init__(self, family, address, release):
        self.family = family
        self.address = address
        self.suite = SUITE if family == 'debian' else release

    def keyring(self):
        """The file with the archive's keys; its ending changed from .gpg to .pgp in Debian 13."""
        for ending in ('gpg', 'pgp'):
            path = KEYRINGS / f'{self.family}-archive-keyring.{ending}'
            if path.exists():
                return path
        package = 'ubuntu-keyring' if self.family == 'ubuntu' else 'debian-archive-keyring'
        raise SetupError(f'the keys of the archive are missing; the package {package} holds them')


def choose_archive(sources):
    """Pick the distribution's own archive out of (address, release, origin) triples.

    Where the origin is not known the address must end in the family's name. Suites with a dash or a slash (-updates,
    -security) are no base suites. Raises SetupError if none is left.
    """
    for address, release, origin in sources:
        family = (origin or address.rstrip('/').rpartition('/')[2]).lower()
        if family in COMPONENTS and '-' not in release and '/' not in release:
            return Archive(family, address, release)
    raise SetupError('apt on this machine names no Debian or Ubuntu archive to fetch from')


def apt_sources():
    """(address, release, origin) of this host's sources; the origin is '' where no lists were ever fetched."""
    failure = 'apt could not list its sources'
    form = '$(REPO_URI)|$(RELEASE)|$(ORIGIN)'
    known = run(['apt-get', 'indextargets', '--format', form, 'Identifier: Packages'], failure).split()
    if known:
        return [line.split('|') for line in known]
    addresses = re.findall(r"^'(\S+)/dists/(\S+)/InRelease'", run(['apt-get', 'update', '--print-uris'], failure), re.M)
    return [(address, release, '') for address, release in addresses]


def host_archive():
    """The archive of this host. Raises SetupError where there is no apt, or none of its sources fits."""
    need_tool('apt-get', "fetching Debian's packages (set-up knows Debian and Ubuntu)")
    need_tool('dpkg-deb', "unpacking Debian's packages")
    return choose_archive(apt_sources())


def host_architecture():
    """Debian's name of this machine's own architecture."""
    return run(['dpkg', '--print-architecture'], 'dpkg does not say what this machine is').strip()


def apt_configuration(work, architecture, host_settings):
    """apt.conf of a private apt in folder `work`: how the host connects (`Acquire`), none of its hooks."""
    connection = [line for line in host_settings.splitlines() if not line.startswith('Acquire::IndexTargets')]
    settings = {
        'Acquire::Languages': 'none', 'Acquire::Retries': '2', 'Acquire::http::Timeout': '60',
        'APT::Architecture': architecture, 'APT::Architectures::': architecture, 'APT::Install-Recommends': 'false',
        'APT::Sandbox::User': 'root', 'APT::Update::Error-Mode': 'any', 'Debug::NoLocking': 'true',
        'Dir::Etc::sourcelist': f'{work}/sources.list', 'Dir::State': f'{work}/state',
        'Dir::State::lists': f'{work}/lists', 'Dir::State::status': f'{work}/status', 'Dir::Cache': f'{work}/cache'}
    for part in ('parts', 'sourceparts', 'preferencesparts'):
        settings[f'Dir::Etc::{part}'] = f'{work}/empty'
    for part in ('main', 'preferences'):
        settings[f'Dir::Etc::{part}'] = f'{work}/empty/none'
    return '\n'.join([*connection, *(f'{key} "{value}";' for key, value in settings.items()), ''])


def fetch(packages, product, architecture=None, with_dependencies=True, without=()):
    """Unpack `packages`, and all that they depend on but for those named in `without`, into the folder `product` (replaced
    as a whole).

    `architecture` is Debian's name of one, by default the host's own.

    Raises SetupError with apt's last words.
    """
    archive = host_archive()
    architecture = architecture or host_architecture()
    what = f'{" ".join(packages)} ({architecture}, {archive.suite}) could not be fetched'
    with tempfile.TemporaryDirectory(prefix='cloud-pin-') as folder:
        work = pathlib.Path(folder)
        for name in ('empty', 'state', 'lists/partial', 'cache/archives/partial'):
            (work / name).mkdir(parents=True)
        (work / 'status').touch()
        (work / 'sources.list').write_text(
            f'deb [signed-by={archive.keyring()}] {archive.address} {archive.suite} {COMPONENTS[archive.family]}\n')
        settings = run(['apt-config', 'dump', 'Acquire'], 'apt does not say how it connects')
        (work / 'apt.conf').write_text(apt_configuration(work, architecture, settings))
        private = {'env': {'APT_CONFIG': str(work / 'apt.conf')}, 'cwd': work / 'cache/archives'}
        run(['apt-get', '-q', 'update'], what, **private)
        if with_dependencies:
            planned = run(['apt-get', '-qq', 'install', '--print-uris', '-y', *packages], what, **private)
            packages = [name for name in named_in(planned) if name not in without]
        run(['apt-get', '-q', 'download', *packages], what, **private)
        _unpack(sorted((work / 'cache/archives').glob('*.deb')), product)


def named_in(planned):
    """The packages in what `apt-get install --print-uris` says; a line is 'address' file size hash."""
    return re.findall(r"^'\S+' ([^_\s]+)_", planned, re.M)


def _unpack(archives, product):
    new = product.with_name(product.name + '.new')
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for package in archives:
        run(['dpkg-deb', '-x', package, new], f'{package.name} could not be unpacked')
    replace_tree(new, product)


def loader_command(root, architecture, preload=None):
    """argv that starts a program of the unpacked tree `root` with the tree's own dynamic loader and libraries.

    `preload` is a shared object to put below it. Raises SetupError where the tree has no loader.
    """
    triplet = TRIPLETS.get(architecture, f'{platform.machine()}-linux-gnu')
    libraries = [root / folder / triplet for folder in ('usr/lib', 'lib')]
    for folder in (*libraries, root / 'usr/lib64', root / 'lib64', root / 'usr/lib', root / 'lib'):
        for found in sorted(folder.glob('ld-linux*.so.*')):
            before = ['--preload', str(preload)] if preload else []
            return [str(found), *before, '--library-path', ':'.join(map(str, libraries))]
    raise SetupError(f'no dynamic loader lies in {root}')
