"""What the codes of a routing table are called, for officials who read it in a sheet."""

from typing import Final

MATTER_NAMES: Final = {
    "general_hazard": "一般事故隐患",
    "major_hazard": "重大事故隐患",
    "violation": "安全生产违法行为",
    "concealed_accident": "瞒报、谎报事故",
    "staff_misconduct": "监管执法人员失职或违纪",
    "retaliation": "打击报复",
}
TIER_NAMES: Final = {
    "central": "中央企业",
    "provincial": "省属企业",
    "city": "市属企业",
    "county": "县属企业",
    "township": "乡镇属企业",
    "other": "其他企业",
}
GRADE_NAMES: Final = {"general": "一般隐患", "major": "重大隐患"}
