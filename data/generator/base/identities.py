"""Invents people: names, and identity and telephone numbers that belong to nobody."""

from datetime import date
from random import Random

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN_NAMES = {
    "male": "伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆建国志文博海龙晓东旭阳宏亮庆林峰振晨睿昊毅成",
    "female": "芳娜敏静丽艳娟霞秀兰燕玲婷雪慧莹梅琳洁倩颖萍红玉佳欣怡丹云蓉璐瑶晶妍雯琴春凤荣彩月晓宁思雨梦琪",
}
# GB 11643-1999: weights of the first 17 digits and the check characters for the sum modulo 11.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"


def name(rng: Random, gender: str) -> str:
    """Draws a common surname with one or two common characters."""
    # The list is ordered from the most common surname down.
    surname = SURNAMES[int(len(SURNAMES) * rng.random() ** 2)]
    return surname + "".join(rng.sample(GIVEN_NAMES[gender], 1 if rng.random() < 0.22 else 2))


def id_number(rng: Random, birth: date, gender: str) -> str:
    """Draws an 18-character number with a valid check character (GB 11643) and a region that does not exist, 999xxx."""
    order = 2 * rng.randint(0, 499) + (1 if gender == "male" else 0)
    body = f"999{rng.randint(0, 999):03d}{birth:%Y%m%d}{order:03d}"
    return body + CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def phone(rng: Random) -> str:
    """Draws eleven digits beginning with 100, as no mobile number does."""
    return f"100{rng.randint(0, 99_999_999):08d}"
