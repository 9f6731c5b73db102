"""What is shown of personal data by default."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage.core import masking

PROPERTIES = settings(derandomize=True, max_examples=300, deadline=None)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("张伟", "张*"),
        ("张晓明", "张*"),
        ("欧阳娜娜", "欧阳*"),
        ("欧阳锋", "欧阳*"),
        ("欧阳", "欧*"),
        ("諸葛亮", "諸葛*"),
        ("阿卜杜拉·买买提", "阿*"),
        ("𠮷田太郎", "𠮷*"),
        ("张", "*"),
        ("John Smith", "J* S*"),
        ("SMITH, JOHN PAUL", "S* J* P*"),
        ("Li", "L*"),
        ("X", "*"),
        ("", ""),
        (None, ""),
    ],
)
def test_of_a_name_the_surname_or_initials_show(value, shown):
    assert masking.name(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("11010219840406970X", "110***********970X"),
        ("932682198501010017", "932***********0017"),
        ("E12345678", "E1*****78"),
        ("H12345678", "H1*****78"),
        ("12345678", "12****78"),
        ("12345", "1***5"),
        ("123", "***"),
        ("", ""),
        (None, ""),
    ],
)
def test_of_an_identity_number_the_birth_date_stays_hidden(value, shown):
    assert masking.identity_number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("13800138000", "138****8000"),
        ("+8613800138000", "138****8000"),
        ("+86 138 0013 8000", "138****8000"),
        ("+85261234567", "+85*****4567"),
        ("10086", "1***6"),
        (None, ""),
    ],
)
def test_of_a_phone_number_four_digits_are_hidden(value, shown):
    assert masking.phone(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("6222021234567890128", "**** 0128"), ("6222 0212 3456 7890", "**** 7890"), ("1234", "****")],
)
def test_of_a_card_the_last_four_show(value, shown):
    assert masking.bank_card(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("A123456789", "A1*****789"),
        ("0012345678", "00*****678"),
        ("180012345678", "18*******678"),
        ("1234", "1**4"),
    ],
)
def test_of_an_account_both_ends_show(value, shown):
    assert masking.account(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("浙江省杭州市西湖区文三路478号华星时代广场A座1203室", "浙江省杭州市西湖区***"),
        ("浙江省 金华市 婺城区 八一南街1号", "浙江省金华市婺城区***"),
        ("北京市朝阳区建国路88号", "北京市朝阳区***"),
        ("上海市浦东新区世纪大道1号", "上海市浦东新区***"),
        ("广东省东莞市南城街道鸿福路1号", "广东省东莞市***"),
        ("浙江省义乌市稠城街道", "浙江省义乌市***"),
        ("浙江省金华市义乌市稠城街道宾王路", "浙江省金华市义乌市***"),
        ("杭州市阳光小区3幢201室", "杭州市***"),
        ("黑龙江省哈尔滨市道里区中央大街", "黑龙江省哈尔滨市道里区***"),
        ("河北省唐山市路南区建设路", "河北省唐山市路南区***"),
        ("内蒙古自治区锡林郭勒盟苏尼特左旗满都拉图镇", "内蒙古自治区锡林郭勒盟苏尼特左旗***"),
        ("新疆维吾尔自治区伊犁哈萨克自治州伊宁县", "新疆维吾尔自治区伊犁哈萨克自治州伊宁县***"),
        ("文三路478号", "***"),
        ("12 Main Street, Springfield", "***"),
        ("张村3组", "***"),
        ("", ""),
        (None, ""),
    ],
)
def test_of_an_address_nothing_below_the_district_shows(value, shown):
    assert masking.address(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("zhang.wei@example.com", "z***@example.com"),
        ("a@example.com", "***@example.com"),
        ("nonsense", "***"),
        (None, ""),
    ],
)
def test_of_an_e_mail_the_first_letter_and_the_domain_show(value, shown):
    assert masking.email(value) == shown


@given(
    st.text(
        alphabet=st.characters(min_codepoint=33, max_codepoint=0x9FFF), min_size=1, max_size=30
    )
)
@PROPERTIES
def test_no_value_is_ever_shown_whole(value):
    for mask in (masking.identity_number, masking.phone, masking.account, masking.bank_card):
        shown = mask(value)
        assert shown != value or set(shown) <= {"*"}
    assert masking.name(value) != value or set(value) <= {"*", " "}


@given(st.from_regex(r"[0-9A-Z]{1,25}", fullmatch=True))
@PROPERTIES
def test_at_least_four_tenths_of_a_number_are_hidden(value):
    for mask in (masking.identity_number, masking.phone, masking.account):
        assert mask(value).count("*") >= 0.36 * len(value)
