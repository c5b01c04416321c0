//! What can be done to a subscription.

use leptos::prelude::*;

use super::PATH;
use crate::replication::logical::subscriptions::model::seen::Subscription;
use crate::text::use_lang;
use crate::tr;
use crate::ui::address::link;

/// The way out where the role that copies lacks SELECT.
#[component]
pub fn Unreadable(it: Subscription) -> impl IntoView {
    let lang = use_lang();
    let blind: Vec<String> =
        it.tables.iter().filter(|table| table.unreadable).map(|table| table.name.to_string()).collect();
    let user =
        it.connection.unwrap_or_default().into_iter().find(|(keyword, _)| keyword == "user").map(|(_, user)| user);
    let publisher = it.publisher.filter(|_| !blind.is_empty())?;
    let (user, names, target) = (user?, blind.join(","), publisher.target.to_string());
    let pairs = [
        ("target", target.as_str()),
        ("database", publisher.database.as_str()),
        ("action", "grant_select"),
        ("reader", user.as_str()),
        ("names", names.as_str()),
    ];
    let href = link("/replication/publications", &pairs);
    Some(view! {
        <p>
            <a class="button" href=href>
                {tr!(lang, "Let {user} read them…", "{user}에게 읽기 허용…")}
            </a>
        </p>
    })
}

/// What can be done to a subscription.
#[component]
pub fn Actions(it: Subscription, place: (String, String), major: i32) -> impl IntoView {
    let lang = use_lang();
    let name = it.name;
    let (target, database) = place;
    let to = |action: &str, more: (&str, &str)| {
        link(PATH, &[("target", &target), ("database", &database), ("action", action), ("name", &name), more])
    };
    let none = ("", "");
    let mut links = vec![if it.enabled {
        (to("disable_subscription", none), lang.of("Disable…", "끄기…"))
    } else {
        (to("enable_subscription", none), lang.of("Enable…", "켜기…"))
    }];
    if it.enabled {
        links.push((to("refresh_subscription", none), lang.of("Refresh tables…", "테이블 새로 고침…")));
    }
    links.push((to("drop_subscription", none), lang.of("Drop…", "삭제…")));
    if it.slot.is_some() {
        links.push((to("detach_slot", none), lang.of("Detach from its slot…", "슬롯에서 분리…")));
        links.push((
            to("drop_subscription", ("keep_slot", "yes")),
            lang.of("Drop and leave the slot…", "슬롯을 남기고 삭제…"),
        ));
    }
    let hidden = [("target", target.clone()), ("database", database.clone()), ("name", name.clone())];
    let hidden = move || {
        hidden
            .clone()
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view()
    };
    view! {
        <p class="buttons">
            {links
                .into_iter()
                .map(|(href, text)| {
                    let label = format!("{text} {name}");
                    view! { <a class="button quiet" href=href aria-label=label>{text}</a> }
                })
                .collect_view()}
        </p>
        <details data-key="actions">
            <summary>{lang.of("Other publications, or a transaction that cannot be applied", "발행 변경, 적용할 수 없는 트랜잭션")}</summary>
            <form method="get" action=PATH class="search">
                {hidden()}
                <input type="hidden" name="action" value="set_publications" />
                <label>
                    {lang.of("Publications", "발행")} " "
                    <input name="publications" required=true value=it.publications.join(", ") />
                </label>
                <button class="quiet">{lang.of("Set…", "지정…")}</button>
            </form>
            {(major >= 15)
                .then(|| {
                    view! {
                        <form method="get" action=PATH class="search">
                            {hidden()}
                            <input type="hidden" name="action" value="skip_transaction" />
                            <label>
                                {lang.of("Position from the subscriber's log (“finished at …”)", "구독 서버 로그의 위치(“finished at …”)")}
                                " " <input name="lsn" required=true placeholder="0/15C4B68" maxlength="17" />
                            </label>
                            <button class="quiet">{lang.of("Skip…", "건너뛰기…")}</button>
                        </form>
                    }
                })}
        </details>
    }
}
