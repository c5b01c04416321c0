//! What may be typed into the fields of slots, told while it is typed.

use crate::text::Words;
use crate::ui::rule::Rule;
use crate::words;

/// The name of a new slot.
pub fn name_rule() -> Rule {
    Rule::new()
        .filled(words!("Give the slot a name.", "슬롯 이름을 입력하세요."))
        .longest(63, words!("At most 63 characters.", "최대 63자입니다."))
        .only(
            "a-z0-9_",
            Words::new(
                "“{}” is not allowed: only lower-case letters a–z, digits and underscores.",
                "“{}”은(는) 쓸 수 없습니다: 영문 소문자, 숫자, 밑줄(_)만 가능합니다.",
            ),
        )
}

/// The name of a copy of the slot `name`.
pub fn copy_rule(name: &str) -> Rule {
    name_rule().differs(name, words!("A copy needs another name.", "다른 이름이어야 합니다."))
}

/// An output plugin; nothing stands for `pgoutput`.
pub fn plugin_rule() -> Rule {
    let path = words!("This is a path and not the name of a plugin.", "플러그인 이름이 아니라 경로입니다.");
    Rule::new()
        .longest(63, words!("At most 63 characters.", "최대 63자입니다."))
        .only(
            "a-zA-Z0-9_.-",
            Words::new(
                "“{}” is not allowed: only letters a–z, digits, _, - and dots.",
                "“{}”은(는) 쓸 수 없습니다: 영문자, 숫자, _, -, 점만 가능합니다.",
            ),
        )
        .begins_without(".", path.clone())
        .without("..", path)
}

/// A position in the WAL; nothing stands for its end.
pub fn position_rule() -> Rule {
    Rule::new()
        .hex_pair('/', 8, words!("This is not a WAL position.", "WAL 위치가 아닙니다."))
        .beyond("0/", words!("0/0 is no position.", "0/0은 위치가 아닙니다."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::replication::slots::model::{ChangeForm, SlotName};
    use crate::targets::model::TargetId;

    /// What the server says of a form about the slot `a`.
    fn told(form: ChangeForm) -> Option<Words> {
        let form = ChangeForm { name: "a".into(), database: "shop".into(), kind: "logical".into(), ..form };
        form.parse(TargetId::parse("pg").expect("a valid name")).err().map(|error| error.happened)
    }

    fn form(action: &str) -> ChangeForm {
        ChangeForm { action: action.into(), ..ChangeForm::default() }
    }

    proptest! {
        #[test]
        fn what_is_told_of_a_name_while_typing_is_what_the_server_says(text in "[a-c0-9_A -.키'\t]{0,70}") {
            prop_assert_eq!(name_rule().check(&text).err(), SlotName::parse(text.trim()).err());
        }

        #[test]
        fn what_is_told_of_a_copy_while_typing_is_what_the_server_says(text in "[ab]{0,2}|[a-c0-9_A -.키'\t]{0,70}") {
            prop_assert_eq!(copy_rule("a").check(&text).err(), told(ChangeForm { copy: text, ..form("copy_slot") }));
        }

        #[test]
        fn what_is_told_of_a_plugin_while_typing_is_what_the_server_says(text in "[a.]{0,4}|[a-cA-C0-9_. /키'\t-]{0,70}") {
            prop_assert_eq!(plugin_rule().check(&text).err(), told(ChangeForm { plugin: text, ..form("create_slot") }));
        }

        #[test]
        fn what_is_told_of_a_position_while_typing_is_what_the_server_says(
            text in " ?[0-9a-fA-F]{0,9}/[0-9a-f]{0,9} ?|0{0,9}/0{0,9}|[0-9a-gA-G/ 키'\t]{0,20}"
        ) {
            prop_assert_eq!(position_rule().check(&text).err(), told(ChangeForm { to: text, ..form("advance_slot") }));
        }
    }
}
