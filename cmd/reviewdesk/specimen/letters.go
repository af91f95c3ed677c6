package specimen

// letterGroups lists "LATIN=letters that are written so". Upper-case letters
// only: names are raised first.
const letterGroups = latinLetters + greekCyrillic + semiticLetters + indicLetters + kanaLetters + hanLetters + otherLetters

// wholeWords are names whose usual spelling cannot be had letter by letter.
const wholeWords = `
MUHAMMAD=محمد AHMAD=أحمد AHMED=احمد ALI=علي HASSAN=حسن HUSSEIN=حسين OMAR=عمر FATIMA=فاطمة MARYAM=مريم
KHALED=خالد YOUSSEF=يوسف IBRAHIM=إبراهيم AISHA=عائشة ABDULLAH=عبدالله SARA=سارة LAYLA=ليلى NOUR=نور
MAHMOUD=محمود MUSTAFA=مصطفى KARIM=كريم SAMIR=سمير MANSOUR=منصور HADDAD=حداد KHOURY=خوري
DAVID=דוד COHEN=כהן LEVI=לוי SARAH=שרה YOSEF=יוסף MOSHE=משה
KIM=김 LEE=이 PARK=박 CHOI=최 JUNG=정 KANG=강 CHO=조 YOON=윤
`

const latinLetters = `
A=ÁÀÂÃĀĂĄǍȦẠẢẤẦẨẪẬẮẰẲẴẶªĂ AE=ÄÆǢ AA=Å B=Ḃ C=ÇĆĈĊČ D=ÐĎĐḊ E=ÉÈÊËĒĔĖĘĚẸẺẼẾỀỂỄỆƏ F=Ḟ G=ĜĞĠĢǴ H=ĤĦ
I=ÍÌÎÏĨĪĬĮİỈỊıI IJ=Ĳ J=Ĵ K=ĶǨ L=ĹĻĽĿŁ M=Ṁ N=ÑŃŅŇŊ O=ÓÒÔÕŌŎŐỌỎỐỒỔỖỘỚỜỞỠỢƠº OE=ÖØŒǾ P=Ṗ Q=ʠ R=ŔŖŘ
S=ŚŜŞŠȘṠ SS=ßẞ T=ŢŤŦȚṪ TH=Þ U=ÚÙÛŨŪŬŮŰŲỤỦỨỪỬỮỰƯ UE=Ü W=ŴẀẂẄ X=Ẋ Y=ÝŶŸỲỴỶỸ Z=ŹŻŽ -=‐‑–—
`

const greekCyrillic = `
A=ΑΆАѦ V=ΒВ G=ΓГЃҐ D=ΔД E=ΕΈЕЭЄ Z=ΖЗЅ I=ΗΉΙΊΪИІЙӢ TH=Θ K=ΚК L=ΛЛ M=ΜМ N=ΝН X=Ξ O=ΟΌΩΏОӨ P=ΠП R=ΡР
S=ΣςС T=ΤТ Y=ΥΎΫҮ F=ΦФ CH=ΧЧ PS=Ψ B=Б ZH=Ж E=Ё I=Ї U=УҰ KH=ХҲ TS=Ц SH=Ш SHCH=Щ IU=Ю IA=Я IE=Ъ
DJ=Ђ J=Ј LJ=Љ NJ=Њ C=Ћ DZ=Џ U=Ў K=Ќ KH=Һ GH=Ғ K=Қ NG=Ң A=Ә
`

const semiticLetters = `
A=اأإىآعﻻ B=ب T=تطة TH=ث J=ج H=حه KH=خ D=دض DH=ذ R=ر Z=زظ S=سص SH=ش GH=غ F=ف Q=ق K=كک L=ل M=م N=نں W=وؤ Y=يیئ P=پ CH=چ ZH=ژ G=گ
A=א B=ב G=ג D=דﬢ H=הח V=ו Z=ז T=טת Y=י K=כךק L=ל M=מם N=נן S=ס A=ע P=פף TZ=צץ R=ר SH=ש
`

const indicLetters = `
A=अ AA=आ I=इईिी U=उऊुू RI=ऋृ E=एे AI=ऐै O=ओोऑॉ AU=औौ A=ा N=ंँणनङञ K=क KH=ख G=ग GH=घ CH=च CHH=छ J=ज JH=झ
T=तट TH=थठ D=दड DH=धढ P=प PH=फ B=ब BH=भ M=म Y=य R=र L=ल V=व SH=शष S=स H=ह
`

const kanaLetters = `
A=あアぁァ I=いイぃィ U=うウぅゥ E=えエぇェ O=おオをヲぉォ KA=かカ KI=きキ KU=くク KE=けケ KO=こコ GA=がガ GI=ぎギ GU=ぐグ GE=げゲ GO=ごゴ
SA=さサ SHI=しシ SU=すス SE=せセ SO=そソ ZA=ざザ JI=じジぢヂ ZU=ずズづヅ ZE=ぜゼ ZO=ぞゾ TA=たタ CHI=ちチ TSU=つツ TE=てテ TO=とト
DA=だダ DE=でデ DO=どド NA=なナ NI=にニ NU=ぬヌ NE=ねネ NO=のノ HA=はハ HI=ひヒ FU=ふフ HE=へヘ HO=ほホ BA=ばバ BI=びビ BU=ぶブ BE=べベ BO=ぼボ
PA=ぱパ PI=ぴピ PU=ぷプ PE=ぺペ PO=ぽポ MA=まマ MI=みミ MU=むム ME=めメ MO=もモ YA=やヤ YU=ゆユ YO=よヨ RA=らラ RI=りリ RU=るル RE=れレ RO=ろロ WA=わワ N=んン VU=ヴ
`

// hanLetters reads the characters most common in Chinese names in pinyin.
const hanLetters = `
WANG=王汪 LI=李丽莉黎利力立理 ZHANG=张張章 LIU=刘劉 CHEN=陈陳晨辰 YANG=杨楊阳陽洋 HUANG=黄黃 ZHAO=赵趙 WU=吴吳武 ZHOU=周
XU=徐许許旭 SUN=孙孫 MA=马馬 ZHU=朱 HU=胡 GUO=郭国國 HE=何贺和 LIN=林琳 GAO=高 LUO=罗羅 ZHENG=郑鄭正 LIANG=梁亮 XIE=谢謝 SONG=宋 TANG=唐
HAN=韩韓涵 FENG=冯馮峰风 DENG=邓鄧 CAO=曹 PENG=彭鹏 ZENG=曾 XIAO=萧肖晓小 TIAN=田天 DONG=董东東冬 PAN=潘 YUAN=袁元源 CAI=蔡 JIANG=蒋江姜 YU=于余雨宇玉瑜
DU=杜 YE=叶葉 CHENG=程成 WEI=魏伟偉威薇维 SU=苏蘇 LV=吕 DING=丁 REN=任 LU=卢陆路 YAO=姚 SHEN=沈 ZHONG=钟中 CUI=崔 TAN=谭 FAN=范凡
FANG=方芳 NA=娜 MIN=敏民 JING=静靜晶京 YAN=艳燕岩颜 JUAN=娟 JUN=军军俊君 JIE=杰洁 MING=明 CHAO=超 XIU=秀 XIA=霞夏 PING=平萍 GANG=刚 GUI=桂 YING=英颖莹
HUA=华華花 MEI=梅美 HONG=红宏洪 LING=玲凌 JIA=佳嘉家 XIN=欣心新鑫 YI=怡一艺毅 BO=波博 HAO=浩昊豪 ZI=子梓紫 XUAN=轩萱 TING=婷庭 XUE=雪学 LAN=兰蓝 WEN=文雯 QIANG=强 TAO=涛 LEI=磊雷 BIN=斌彬 KAI=凯 SHAN=山 BEN=本 MU=木 CUN=村
`

const otherLetters = `
A=აԱ B=ბԲ G=გԳ D=დԴ E=ეԵԷ V=ვՎՒ Z=ზԶ T=თტԹՏ I=იԻ K=კქԿՔ L=ლԼ M=მՄ N=ნՆ O=ოՕՈ P=პფՊՓ ZH=ჟԺ R=რՐՌ S=სՍ U=უ GH=ღՂ Q=ყ SH=შՇ CH=ჩჭՉՃ
TS=ცწԾՑ DZ=ძՁ KH=ხԽ J=ჯՋ H=ჰՀ Y=ՅԸ F=Ֆ
A=აᲐ B=Ბ G=Გ D=Დ E=Ე V=Ვ Z=Ზ T=ᲗᲢ I=Ი K=ᲙᲥ L=Ლ M=Მ N=Ნ O=Ო P=ᲞᲤ ZH=Ჟ R=Რ S=Ს U=Უ GH=Ღ Q=Ყ SH=Შ CH=ᲩᲭ TS=ᲪᲬ DZ=Ძ KH=Ხ J=Ჯ H=Ჰ
A=กอะัา K=คขฆ NG=ง CH=จชฌฉ S=ซศษสส Y=ยญ D=ดฎ T=ตฏถฐทธฑฒ N=นณ B=บ P=ปผพภ F=ฝฟ M=ม R=รฤ L=ลฬ W=ว H=หฮ I=ิีไใ U=ุูึื E=เแ O=โ AM=ำ
`
