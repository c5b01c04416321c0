use crate::caching::format::name::{Django, Family, family};
use crate::caching::model::Key;

fn key(text: &str) -> Key {
    Key::parse(text).expect("a key")
}

#[test]
fn a_name_of_django_is_split() {
    let parts = |text| Django::of(&key(text)).map(|it| (it.prefix, it.version, it.key));
    assert_eq!(parts(":1:mydata"), Some((String::new(), 1, "mydata".into())));
    assert_eq!(parts("shop:2:cart:7:x"), Some(("shop".into(), 2, "cart:7:x".into())));
    assert_eq!(parts("a:b:12:키"), Some(("a:b".into(), 12, "키".into())));
    for none in ["mydata", "user:42", "a:b:c", ":01:x", "a::b"] {
        assert_eq!(parts(none), None, "{none}");
    }
}

#[test]
fn a_family_is_told_by_its_name() {
    for (name, expected) in [
        (":1:django.contrib.sessions.cacheabc123", Family::Session),
        ("spring:session:sessions:1", Family::Session),
        ("sess:abc", Family::Session),
        ("orders:7:lock", Family::Lock),
        ("_kombu.binding.celery", Family::Queue),
        ("celery", Family::Queue),
        ("rq:queue:default", Family::Queue),
        ("bull:mail:wait", Family::Queue),
        (":1:views.decorators.cache.cache_page..GET.abc.en-us.UTC", Family::CachePage),
        (":1:views.decorators.cache.cache_header..abc.en-us.UTC", Family::CachePage),
        (":1:template.cache.sidebar.d41d8cd98f00b204e9800998ecf8427e", Family::TemplateFragment),
        ("shop_cache:user", Family::Laravel),
        ("books::42", Family::Spring),
        ("wp_options:alloptions", Family::WordPress),
        (":1:locks:a", Family::Lock),
        ("PHPREDIS_SESSION:abc", Family::Session),
        ("app.session.7", Family::Session),
        ("job-lock-7", Family::Lock),
        ("unacked_index", Family::Queue),
        ("user:session:1", Family::Session),
        ("rq:job:1", Family::Queue),
    ] {
        assert_eq!(family(&key(name)), Some(expected), "{name}");
    }
    for none in [":1:mydata", "user:42:name", "block:1", "a::", "clock", ":1:blocks", "obsession:1", "top-products"] {
        assert!(family(&key(none)).is_none_or(|it| !it.protected()), "{none}");
    }
}

#[test]
fn sessions_locks_and_queues_are_protected_and_caches_are_not() {
    for family in [Family::Session, Family::Lock, Family::Queue] {
        assert!(family.protected() && !family.loss().en.is_empty());
    }
    for family in [Family::CachePage, Family::TemplateFragment, Family::Laravel, Family::Spring, Family::WordPress] {
        assert!(!family.protected());
    }
}
