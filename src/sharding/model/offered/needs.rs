//! What an operation needs of a cluster, and how it is told that something is missing.

use super::{Release, Version};
use crate::text::Words;
use crate::words;

/// The first patch of a line of releases that has something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Since(Version);

impl Since {
    pub(super) const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self(Version::new(major, minor, patch))
    }
}

/// What must be there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Needs {
    /// Programs and FCV, as major and minor; 0.0 where any will do.
    release: Version,
    /// Programs alone: the first patch for each line of releases that had to wait for one, in their order. Lines in
    /// between and after have it from their beginning.
    programs: &'static [Since],
    /// One patch beside the release.
    patch: Option<Version>,
}

impl Needs {
    pub(super) fn nothing() -> Self {
        Self::default()
    }

    /// Programs and FCV of at least `major.minor`.
    pub(super) fn release(major: u16, minor: u16) -> Self {
        Self { release: Version::new(major, minor, 0), ..Self::default() }
    }

    pub(super) fn program(programs: &'static [Since]) -> Self {
        Self { programs, ..Self::default() }
    }

    pub(super) fn and_programs(self, programs: &'static [Since]) -> Self {
        Self { programs, ..self }
    }

    pub(super) fn and_patch(self, major: u16, minor: u16, patch: u16) -> Self {
        Self { patch: Some(Version::new(major, minor, patch)), ..self }
    }

    /// # Errors
    /// What is missing, of `what`, and what to do about it.
    pub(super) fn met_by(self, release: Release, what: &Words) -> Result<(), Words> {
        let Release { version, fcv } = release;
        if self.release == Version::default() && self.programs.is_empty() {
            return Ok(());
        }
        if version == Version::default() {
            let (en, ko) = (&what.en, &what.ko);
            return Err(words!(
                "{en} depends on the version, and the version of this cluster is unknown.",
                "{ko}은(는) 버전에 따라 다른데 이 클러스터의 버전을 알 수 없습니다.",
            ));
        }
        let least = self.least(version);
        let programs_do = version >= least;
        if programs_do && fcv >= self.release {
            return Ok(());
        }
        Err(told(what, (least, self.release), release, programs_do))
    }

    /// The oldest program that has it, in the line of releases of `version`.
    fn least(self, version: Version) -> Version {
        let same_line = |it: &&Since| (it.0.major, it.0.minor) == (version.major, version.minor);
        let first = self.programs.first().map_or(self.release, |it| it.0);
        let patch = self.programs.iter().find(same_line).map_or(first, |it| it.0);
        patch.max(self.patch.unwrap_or_default()).max(self.release)
    }
}

/// `wanted` is the least program and the least FCV; no FCV is asked for where it is 0.0.
fn told(what: &Words, wanted: (Version, Version), release: Release, programs_do: bool) -> Words {
    let (least, fcv_wanted) = wanted;
    let (en, ko) = (&what.en, &what.ko);
    let needed = if least.patch == 0 { short(least) } else { least.to_string() };
    let with_fcv =
        if fcv_wanted == Version::default() { String::new() } else { format!(" (FCV {})", short(fcv_wanted)) };
    let is = format!("{} (FCV {})", release.version, short(release.fcv));
    if programs_do {
        let raise = short(fcv_wanted);
        return words!(
            "{en} needs MongoDB {needed}{with_fcv}; this cluster is {is}: raise the FCV to {raise} first.",
            "{ko}에는 MongoDB {needed}{with_fcv}이(가) 필요합니다. 이 클러스터는 {is}이므로 먼저 FCV를 {raise}(으)로 올리세요.",
        );
    }
    words!(
        "{en} needs MongoDB {needed}{with_fcv}; this cluster is {is}: upgrade it first.",
        "{ko}에는 MongoDB {needed}{with_fcv}이(가) 필요합니다. 이 클러스터는 {is}이므로 먼저 업그레이드하세요.",
    )
}

fn short(version: Version) -> String {
    format!("{}.{}", version.major, version.minor)
}
