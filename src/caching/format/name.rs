//! What the names of keys tell: Django's three parts, and the frameworks and purposes that keys belong to.

use serde::{Deserialize, Serialize};

use crate::caching::model::{Key, spelled};
use crate::text::Words;

/// A key as Django's `make_key` writes it: `prefix:version:key`, `:1:mydata` where there is no prefix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Django {
    /// `KEY_PREFIX`; empty by default.
    pub prefix: String,
    /// `VERSION`; 1 by default.
    pub version: u32,
    /// The name that the application uses.
    pub key: String,
}

impl Django {
    /// Splits a name at its first number between colons. Others write such names too, so this says what Django would
    /// read in it, not that Django wrote it.
    pub fn of(key: &Key) -> Option<Self> {
        Self::of_bytes(key.bytes())
    }

    /// The same of a name that is no [`Key`].
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let mut from = 0;
        while let Some(colon) = bytes[from..].iter().position(|byte| *byte == b':').map(|at| at + from) {
            let rest = &bytes[colon + 1..];
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if (1..=6).contains(&digits) && rest[0] != b'0' && rest.get(digits) == Some(&b':') {
                return Some(Self {
                    prefix: spelled(&bytes[..colon]),
                    version: std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?,
                    key: spelled(&rest[digits + 1..]),
                });
            }
            from = colon + 1;
        }
        None
    }
}

/// What a key is for, as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Family {
    /// Of a person who is logged in to the application.
    Session,
    /// Keeps two from doing the same at once.
    Lock,
    /// Work that waits to be done.
    Queue,
    /// Django's cached pages and their headers.
    CachePage,
    /// Fragments of Django's templates.
    TemplateFragment,
    Laravel,
    Spring,
    WordPress,
}

impl Family {
    /// Whether keys of it are no cache: losing one early loses more than time.
    pub const fn protected(self) -> bool {
        matches!(self, Self::Session | Self::Lock | Self::Queue)
    }

    pub fn words(self) -> Words {
        match self {
            Self::Session => Words::new("session", "세션"),
            Self::Lock => Words::new("lock", "잠금"),
            Self::Queue => Words::new("queue", "작업 큐"),
            Self::CachePage => Words::new("Django page", "Django 페이지"),
            Self::TemplateFragment => Words::new("Django template fragment", "Django 템플릿 조각"),
            Self::Laravel => Words::same("Laravel"),
            Self::Spring => Words::same("Spring"),
            Self::WordPress => Words::same("WordPress"),
        }
    }

    /// Many keys of it.
    pub fn many(self) -> Words {
        match self {
            Self::Session => Words::new("sessions", "세션"),
            Self::Lock => Words::new("locks", "잠금"),
            Self::Queue => Words::new("queues", "작업 큐"),
            other => other.words(),
        }
    }

    /// What happens when such a key goes early; empty where only time is lost.
    pub fn loss(self) -> Words {
        match self {
            Self::Session => Words::new("People are logged out.", "사용자가 로그아웃됩니다."),
            Self::Lock => Words::new("Two may do the same at once.", "같은 작업이 동시에 두 번 실행될 수 있습니다."),
            Self::Queue => Words::new("Work that waits is lost.", "대기 중인 작업이 사라집니다."),
            _ => Words::default(),
        }
    }
}

/// The family of a key. What is protected is looked for first, and rather seen once too often.
pub fn family(key: &Key) -> Option<Family> {
    family_of(key.bytes())
}

/// The same of a name that is no [`Key`].
pub fn family_of(bytes: &[u8]) -> Option<Family> {
    let name = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let inner = Django::of_bytes(bytes).map(|django| django.key.to_ascii_lowercase());
    let either = |test: &dyn Fn(&str) -> bool| test(&name) || inner.as_deref().is_some_and(test);
    PLACES.iter().find(|(_, place)| either(&|text| place.is_in(text))).map(|(family, _)| *family)
}

/// Where in a name the sign of a family stands.
enum Place {
    Begin(&'static str),
    Inside(&'static str),
    /// Between signs that are neither letters nor digits: `lock` in `a.lock`, and not in `clock`.
    Part(&'static str),
    Whole(&'static str),
    /// `name::key`, as Spring's `CacheKeyPrefix.simple()` writes it.
    DoubleColon,
}

impl Place {
    fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Begin(sign) => text.starts_with(sign),
            Self::Inside(sign) => text.contains(sign),
            Self::Part(sign) => text.split(|it: char| !it.is_alphanumeric()).any(|part| part == *sign),
            Self::Whole(sign) => text == *sign,
            Self::DoubleColon => text.split_once("::").is_some_and(|(name, _)| !name.is_empty() && !name.contains(':')),
        }
    }
}

/// The first that fits decides.
const PLACES: [(Family, Place); 32] = {
    use Family::{CachePage, Laravel, Lock, Queue, Session, Spring, TemplateFragment, WordPress};
    use Place::{Begin, DoubleColon, Inside, Part, Whole};
    [
        (Session, Part("session")),
        (Session, Part("sessions")),
        (Session, Part("sess")),
        (Lock, Part("lock")),
        (Lock, Part("locks")),
        (Lock, Part("mutex")),
        (Lock, Inside("redlock")),
        (Queue, Begin("_kombu")),
        (Queue, Inside("_kombu.binding")),
        (Queue, Whole("celery")),
        (Queue, Begin("celery-task-meta-")),
        (Queue, Part("unacked")),
        (Queue, Begin("rq:")),
        (Queue, Begin("bull:")),
        (Queue, Begin("bullmq:")),
        (Queue, Part("queue")),
        (Queue, Part("queues")),
        (Queue, Begin("resque:")),
        (Queue, Begin("sidekiq:")),
        (Queue, Begin("dramatiq:")),
        (Queue, Begin("huey.")),
        (Queue, Begin("arq:")),
        (CachePage, Inside("views.decorators.cache.cache_page.")),
        (CachePage, Inside("views.decorators.cache.cache_header.")),
        (TemplateFragment, Inside("template.cache.")),
        (Laravel, Begin("laravel_cache")),
        (Laravel, Begin("laravel_database_")),
        (Laravel, Inside("_cache:")),
        (Laravel, Inside("_cache_:")),
        (WordPress, Begin("wp_")),
        (WordPress, Begin("wp:")),
        (Spring, DoubleColon),
    ]
};
