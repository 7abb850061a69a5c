# A figure of varve: change it and run `gnuplot tree.gp` here; data are in tree.dat.
# For a PDF: gnuplot -e "format='pdf'" tree.gp; for a PNG: format='png'.
reset
set encoding utf8
width = 446; height = 460  # pixels at 96 dpi
if (!exists('format')) format = 'svg'
if (!exists('file')) file = 'tree.' . format
if (format eq 'svg') set terminal svg size width,height fixed noenhanced font 'sans-serif,12' background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo size width/96.,height/96. noenhanced font 'Sans,9'
if (format eq 'png') set terminal pngcairo size 2*width,2*height noenhanced font 'Sans,9' fontscale 2 linewidth 2 pointscale 2
set output file
set label 1 'a tree' at screen 0.5,0.9696 center
set border linecolor '#444444'
set tics nomirror out scale 0.5
set grid ytics linetype 1 linewidth 0.6 linecolor '#dddddd'
set multiplot

set lmargin at screen 0.1750; set rmargin at screen 0.8030; set bmargin at screen 0.4565; set tmargin at screen 0.9130
set xrange [-0.6:3.6]
set yrange [4.76:9.24]
set ylabel 'log density'
unset xtics
set key at screen 0.8120,0.9130 left top vertical maxrows 3 Left reverse samplen 1.4 spacing 1.1 title 'kind'
plot NaN notitle, \
  'tree.dat' index 0 using 1:2 with lines linecolor '#333333' linewidth 1.5 notitle, \
  'tree.dat' index 1 using 1:2 with points pointtype 7 pointsize 0.6 linecolor '#333333' notitle, \
  NaN with boxes fillstyle solid noborder linecolor '#0072b2' title 'a', \
  NaN with boxes fillstyle solid noborder linecolor '#e69f00' title 'b’s', \
  NaN with boxes fillstyle solid noborder linecolor '#009e73' title 'c'

unset label; unset grid; unset key
set lmargin at screen 0.1750; set rmargin at screen 0.8030; set bmargin at screen 0.2304; set tmargin at screen 0.4261
set yrange [0:1]
set ytics 0,0.5,1
set ylabel 'share'
set label 3 'cluster (rows)' at screen 0.4890,0.0304 center
set xtics rotate by 90 right ('c0 (40)' 0, 'c1 (30)' 1, 'c3 (20)' 2, 'c4 (10)' 3)
plot NaN notitle, \
  'tree.dat' index 2 using 1:2:($1-0.4):($1+0.4):2:3 with boxxyerror fillstyle solid noborder linecolor '#0072b2' notitle, \
  'tree.dat' index 3 using 1:2:($1-0.4):($1+0.4):2:3 with boxxyerror fillstyle solid noborder linecolor '#e69f00' notitle, \
  'tree.dat' index 4 using 1:2:($1-0.4):($1+0.4):2:3 with boxxyerror fillstyle solid noborder linecolor '#009e73' notitle
unset multiplot
unset output
