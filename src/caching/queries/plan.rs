//! What each change of a cached query would do, found out beforehand.

mod told;

use sha2::{Digest, Sha256};

use self::told::{lives, place, room, served};
use super::desk::{CONSOLE, Desk, ROWS};
use super::model::{Change, Named, Recipe};
use super::shape::{Found, Shape};
use super::store::{self, Kept};
use super::{redis, source::Judged};
use crate::caching::model::Lifetime;
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Command, Plan, Verdict};
use crate::error::AppError;
use crate::targets::redis::vector;
use crate::text::{Words, span};
use crate::words;

/// What a plan of storing rests on.
struct Ground {
    judged: Judged,
    server: String,
    facts: redis::Facts,
    neighbours: Found,
    /// What the console keeps under the same name now, and under the same key.
    known: Option<Kept>,
    of_key: Option<Kept>,
    number: i64,
}

/// Plans a change. Also gives the query with the form of its rows settled, which is what is written down.
///
/// # Errors
/// When a server cannot be asked, or does not understand the query.
pub(super) async fn plan(desk: &Desk, change: &Change) -> Result<(Plan, Recipe), AppError> {
    match change {
        Change::StoreQuery(recipe) | Change::RefreshQuery(recipe) | Change::SaveQuery(recipe) => {
            let ground = ground(desk, recipe).await?;
            let shape = Shape::chosen(recipe.format, ground.neighbours);
            let settled = Recipe { format: shape.wanted(), ..recipe.clone() };
            let plan = match change {
                Change::StoreQuery(_) => stored(recipe, &settled, &ground),
                Change::RefreshQuery(_) => refreshed(&settled, &ground),
                _ => saved(recipe, &settled, &ground),
            };
            Ok((plan, settled))
        }
        Change::DeleteQuery(named) => {
            let kept = kept(desk, named).await?;
            Ok((deleted(named, &kept.recipe), kept.recipe))
        }
        Change::InvalidateQuery(named) => {
            let kept = kept(desk, named).await?;
            let facts = redis::facts(&desk.entry, &kept.recipe.key).await?;
            Ok((invalidated(named, &kept.recipe, &facts), kept.recipe))
        }
    }
}

async fn ground(desk: &Desk, recipe: &Recipe) -> Result<Ground, AppError> {
    let source = desk.source(recipe)?;
    let judged = source.judge(&recipe.query).await?;
    let facts = redis::facts(&desk.entry, &recipe.key).await?;
    let mut beginnings = redis::neighbours(&desk.entry, &recipe.key).await?;
    // What is there already counts too: something reads it.
    if beginnings.is_empty() && !facts.beginning.is_empty() {
        beginnings.push(facts.beginning.clone());
    }
    let known = match &recipe.name {
        Some(name) => store::find(&desk.store, name).await?,
        None => None,
    };
    Ok(Ground {
        server: source.name().to_owned(),
        judged,
        facts,
        neighbours: Found::of(&beginnings),
        known,
        of_key: store::of_key(&desk.store, &recipe.target, &recipe.key).await?,
        number: store::number(&desk.store).await?,
    })
}

async fn kept(desk: &Desk, named: &Named) -> Result<Kept, AppError> {
    let kept = store::find(&desk.store, &named.name).await?;
    kept.filter(|kept| kept.recipe.target == named.target && kept.recipe.key == named.key).ok_or_else(|| {
        AppError::not_found(words!("There is no cached query of this name.", "이 이름의 쿼리 캐시가 없습니다."))
    })
}

/// `SET key value PX milliseconds`, the rows in the place of the value.
fn set(recipe: &Recipe) -> Command {
    let millis = recipe.kept_millis().to_string();
    vector::command(&[&b"SET"[..], recipe.key.bytes(), ROWS.as_bytes(), b"PX", millis.as_bytes()])
}

/// What the console writes down in its own store.
fn keep(recipe: &Recipe) -> Command {
    let name = recipe.name.as_ref().map(ToString::to_string).unwrap_or_default();
    Command {
        exact: store::json(recipe),
        typed: format!("keep the cached query {name}"),
        tool: CONSOLE.to_owned(),
        database: String::new(),
    }
}

fn stored(asked: &Recipe, recipe: &Recipe, ground: &Ground) -> Plan {
    let mut commands = vec![ground.judged.command.clone(), set(recipe)];
    let mut checks = ground.judged.checks.clone();
    checks.extend([place(recipe, &ground.facts), ground.neighbours.check(asked.format)]);
    let mut effect = runs_once(&ground.server);
    effect.push(lives(recipe));
    if recipe.name.is_some() {
        commands.push(keep(recipe));
        checks.extend(room(recipe, ground.known.as_ref(), ground.of_key.as_ref(), ground.number));
        effect.push(served(recipe));
    } else if let Some(name) = ground.of_key.as_ref().and_then(|other| other.recipe.name.as_ref()) {
        checks.push(Check::block(
            words!("The cached query {name} fills this key.", "쿼리 캐시 {name}이(가) 이 키를 채웁니다."),
            words!(
                "Choose another key: {name} would answer with these rows.",
                "다른 키를 쓰세요. {name}이(가) 이 결과로 응답하게 됩니다."
            ),
        ));
    }
    let exists = ground.facts.lifetime != Lifetime::Missing;
    let (key, time) = (&recipe.key, span(recipe.ttl.seconds() * 1_000));
    Plan {
        title: Words::new(
            format!("Cache the result of a query as {key} for {}", time.en),
            format!("쿼리 결과를 {key}(으)로 {} 동안 캐시", time.ko),
        ),
        fingerprint: fingerprint(&(seen(&ground.facts), before(ground)), &commands),
        checks,
        commands,
        revert: Vec::new(),
        effect,
        way_back: if exists {
            words!("None for the value that is there now: it is overwritten.", "없음: 지금 있는 값은 덮어써집니다.")
        } else {
            words!("The key expires by itself.", "키는 스스로 만료됩니다.")
        },
        blast: if exists { Blast::Confirm } else { Blast::Plain },
    }
}

fn refreshed(recipe: &Recipe, ground: &Ground) -> Plan {
    let commands = vec![ground.judged.command.clone(), set(recipe)];
    let mut checks = ground.judged.checks.clone();
    checks.push(place(recipe, &ground.facts));
    if ground.known.as_ref().is_none_or(|known| known.recipe != *recipe) {
        checks.push(Check::block(
            words!("The query was changed or deleted meanwhile.", "그사이 쿼리가 변경되었거나 삭제되었습니다."),
            words!("Look at it again.", "다시 확인하세요."),
        ));
    }
    let mut effect = runs_once(&ground.server);
    effect.push(lives(recipe));
    let name = recipe.name.as_ref().map(ToString::to_string).unwrap_or_default();
    Plan {
        title: words!("Run the cached query {name} now", "쿼리 캐시 {name} 지금 실행"),
        // The answer under the key changes whenever somebody runs the query; that is no reason to refuse.
        fingerprint: fingerprint(&(&ground.facts.kind, before(ground)), &commands),
        checks,
        commands,
        revert: Vec::new(),
        effect,
        way_back: words!("None: the older answer is overwritten.", "없음: 이전 결과는 덮어써집니다."),
        blast: Blast::Plain,
    }
}

fn saved(asked: &Recipe, recipe: &Recipe, ground: &Ground) -> Plan {
    let commands = vec![keep(recipe)];
    let mut checks = ground.judged.checks.clone();
    checks.extend([place(recipe, &ground.facts), ground.neighbours.check(asked.format)]);
    checks.extend(room(recipe, ground.known.as_ref(), ground.of_key.as_ref(), ground.number));
    let name = recipe.name.as_ref().map(ToString::to_string).unwrap_or_default();
    let set = set(recipe).typed;
    let mut effect = vec![
        words!("Nothing is run and nothing is stored now.", "지금은 아무것도 실행하거나 저장하지 않습니다."),
        words!(
            "Whenever it is run and no fresh answer is there, the console sends: {set}",
            "실행할 때 새 결과가 필요하면 콘솔이 전송: {set}"
        ),
        lives(recipe),
        served(recipe),
    ];
    let former = |known: &&Kept| (&known.recipe.query, &known.recipe.source) != (&recipe.query, &recipe.source);
    if ground.known.as_ref().is_some_and(|known| former(&known) && known.recipe.key == recipe.key) {
        let key = &recipe.key;
        effect.push(words!(
            "Until it expires, {key} holds the answer to the former query: invalidate it to have the new one at once.",
            "만료될 때까지 {key}에는 이전 쿼리의 결과가 있습니다. 바로 새 결과를 쓰려면 무효화하세요."
        ));
    }
    let retimed = |known: &Kept| known.recipe.key == recipe.key && known.recipe.kept_millis() != recipe.kept_millis();
    if ground.known.as_ref().is_some_and(retimed) {
        let key = &recipe.key;
        effect.push(words!(
            "What is under {key} now keeps the time that it was given: until it is replaced, its age is not known.",
            "{key}의 지금 값은 받은 TTL을 유지합니다. 바뀔 때까지 경과 시간은 알 수 없습니다."
        ));
    }
    if let Some(known) = ground.known.as_ref().filter(|known| known.recipe.key != recipe.key) {
        let key = &known.recipe.key;
        effect.push(words!("What is under {key} stays until it expires.", "{key}의 값은 만료될 때까지 남습니다."));
    }
    Plan {
        title: words!("Keep the cached query {name}", "쿼리 캐시 {name} 저장"),
        fingerprint: fingerprint(&before(ground), &commands),
        checks,
        commands,
        revert: Vec::new(),
        effect,
        way_back: if ground.known.is_some() {
            words!(
                "Write down again what stood there; the record keeps it.",
                "기록에 남은 이전 내용을 다시 저장하세요."
            )
        } else {
            words!("Delete it.", "삭제하면 됩니다.")
        },
        blast: if ground.known.is_some() { Blast::Confirm } else { Blast::Plain },
    }
}

fn deleted(named: &Named, recipe: &Recipe) -> Plan {
    let Named { name, key, .. } = named;
    let commands = vec![Command {
        exact: store::json(name),
        typed: format!("forget the cached query {name}"),
        tool: CONSOLE.to_owned(),
        database: String::new(),
    }];
    Plan {
        title: words!("Forget the cached query {name}", "쿼리 캐시 {name} 삭제"),
        checks: vec![Check::pass(words!("{name} is kept for the key {key}.", "{name}은(는) 키 {key}의 쿼리입니다."))],
        fingerprint: fingerprint(recipe, &commands),
        commands,
        revert: Vec::new(),
        effect: vec![
            words!("Whoever runs it is told that it is not there.", "실행하면 없다고 응답합니다."),
            words!("What is under {key} stays until it expires.", "{key}의 값은 만료될 때까지 남습니다."),
            words!("Its counts and times are forgotten too.", "집계와 측정값도 함께 삭제됩니다."),
        ],
        way_back: words!("Keep it again under the same name.", "같은 이름으로 다시 저장하세요."),
        blast: Blast::Confirm,
    }
}

fn invalidated(named: &Named, recipe: &Recipe, facts: &redis::Facts) -> Plan {
    let (name, key) = (&named.name, &named.key);
    let commands = vec![vector::command(&[&b"UNLINK"[..], key.bytes()])];
    let there = match facts.lifetime {
        Lifetime::Missing => Check::block(
            words!("There is no answer under {key}.", "{key}에 저장된 결과가 없습니다."),
            words!("There is nothing to do.", "할 일이 없습니다."),
        ),
        // It is taken away and not, as that check warns, written over.
        _ => match place(recipe, facts) {
            check if check.verdict == Verdict::Block => check,
            check => Check::pass(check.found),
        },
    };
    Plan {
        title: words!("Take the answer of {name} out of the cache", "{name}의 결과를 캐시에서 제거"),
        checks: vec![there],
        fingerprint: fingerprint(&(&facts.kind, recipe), &commands),
        commands,
        revert: Vec::new(),
        effect: vec![words!(
            "Whoever runs it next waits for the database; one query fills it again for all.",
            "다음에 실행하는 쪽은 데이터베이스를 기다립니다. 쿼리 한 번으로 모두에게 다시 채워집니다.",
        )],
        way_back: words!("Run it: it is filled anew.", "실행하면 새로 채워집니다."),
        blast: Blast::Confirm,
    }
}

fn runs_once(server: &str) -> Vec<Words> {
    let seconds = super::source::PATIENCE.as_secs();
    let most = crate::text::bytes(i64::try_from(super::source::MOST_BYTES).unwrap_or(i64::MAX));
    vec![
        words!(
            "The query runs once on {server}, reading only; the server ends it after {seconds} s.",
            "쿼리가 {server}에서 읽기 전용으로 한 번 실행되며, {seconds}초가 넘으면 서버가 중단합니다."
        ),
        words!(
            "At most 10,000 rows and {most} are stored; of more, nothing is.",
            "최대 10,000행, {most}까지 저장합니다. 넘으면 아무것도 저장하지 않습니다."
        ),
    ]
}

/// What must not change unseen between a plan and its apply. The time to live is not among it: it passes.
fn seen(facts: &redis::Facts) -> (bool, &str, i64, String) {
    let digest = Sha256::digest(&facts.beginning).iter().map(|byte| format!("{byte:02x}")).collect();
    (facts.lifetime == Lifetime::Missing, &facts.kind, facts.bytes, digest)
}

fn before(ground: &Ground) -> Option<&Recipe> {
    ground.known.as_ref().map(|known| &known.recipe)
}
